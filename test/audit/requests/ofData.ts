import { SPAN, SYMBOLS } from '../../support/smallMarket.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const GAP = {
  dataset: 'daily_bars',
  from: SPAN.from,
  symbols: [SYMBOLS[0] as string],
  reason: 'never published',
};

async function setOf({ stand, fresh }: World): Promise<string> {
  const name = fresh('set');
  await stand.deps.store.createSet({
    name,
    title: null,
    rule: null,
    symbols: SYMBOLS.slice(1),
    author: 'tests',
  });
  return name;
}

/** Requests about coverage, quality, sets and sources. */
export const DATA_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  acceptHole: async () => ({ url: '/v1/accepted-holes', body: GAP, object: 'new' }),
  revokeAcceptedHole: async ({ stand }) => {
    const [standing] = await stand.deps.store.acceptedHoles(null, { before: null, limit: 1 });
    if (standing === undefined) throw new Error('no hole has been accepted');
    return { url: `/v1/accepted-holes/${standing.id}`, object: String(standing.id) };
  },
  releaseQuarantine: async () => ({ url: '/v1/quarantine-releases', body: { ids: [7] }, object: '7' }),
  discardQuarantine: async () => ({
    url: '/v1/quarantine-discards',
    body: { ids: [7, 8], reason: 'no rows' },
    object: null,
  }),
  createReconciliation: async () => ({
    url: '/v1/reconciliations',
    body: { dataset: 'daily_bars', day: SPAN.to },
    object: 'new',
  }),
  createSymbolSet: async ({ fresh }) => {
    const name = fresh('set');
    return { url: '/v1/sets', body: { name, symbols: ['600001'] }, object: name };
  },
  replaceSymbolSet: async (world) => {
    const name = await setOf(world);
    return { url: `/v1/sets/${name}`, body: { version: 1, symbols: ['600001'] }, object: name };
  },
  changeSymbolSet: async (world) => {
    const name = await setOf(world);
    return { url: `/v1/sets/${name}/changes`, body: { add: ['600001'] }, object: name };
  },
  importSymbolSet: async ({ fresh }) => {
    const name = fresh('set');
    return { url: `/v1/sets/${name}/imports`, body: { text: '600001\n600002' }, object: name };
  },
  deleteSymbolSet: async (world) => {
    const name = await setOf(world);
    return { url: `/v1/sets/${name}`, object: name };
  },

  setPriority: async () => ({
    url: '/v1/priorities/daily_bars',
    body: { sources: ['baostock'] },
    object: 'daily_bars',
  }),
  clearPriority: async () => ({ url: '/v1/priorities/daily_bars', object: 'daily_bars' }),
  forgetLearned: async () => ({ url: '/v1/hosts/tushare.test/learned', object: 'tushare.test' }),
  setHostBudgets: async () => ({
    url: '/v1/hosts/tushare.test/budgets',
    body: { version: 0, rules: [{ api: '*', windowSeconds: 60, capacity: 10 }] },
    object: 'tushare.test',
  }),
  closeBreaker: async () => ({ url: '/v1/hosts/tushare.test/close-breaker', object: 'tushare.test' }),
};
