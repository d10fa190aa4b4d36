import { mismatchListSchema, reconciliationListSchema, reconciliationSchema } from '@tapekeeper/contract';
import { beforeEach, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { answerOf, honestRows, SPAN } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', day: SPAN.to, author: 'a' };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
});

const read = async (id: number) =>
  reconciliationSchema.parse((await stand.get(`/v1/reconciliations/${id}`)).json());

/** Begins a comparison and reads it when it is over. */
async function reconcile(wish: object = {}) {
  const begun = await stand.post('/v1/reconciliations', { ...WISH, ...wish });
  const { id } = reconciliationSchema.parse(begun.json());
  expect([begun.statusCode, begun.headers.location]).toEqual([202, `/v1/reconciliations/${id}`]);
  await until(async () => (await read(id)).state !== 'running');
  return read(id);
}

it('shows rates by source and field, and every mismatch, page by page', async () => {
  stand.baostock.answer = (question) =>
    answerOf(
      question.dataset,
      honestRows(question).map((row) => ({ ...row, volume: 12, close: Number(row['close']) + 0.03 })),
    );
  const report = await reconcile({ sampleSize: 4 });
  expect(report).toMatchObject({ state: 'done', cells: 4, calls: 4, day: SPAN.to, error: null });
  const close = { ours: 'tushare', theirs: 'baostock', field: 'close', compared: 4, mismatches: 4, rate: 1 };
  expect(report.rates).toContainEqual({ ...close, kinds: { unit: 0, adjustment: 0, late: 0, real: 4 } });
  const pages = [];
  for (let after: number | null = 0; after !== null;) {
    const page = mismatchListSchema.parse(
      (await stand.get(`/v1/reconciliations/${report.id}/mismatches?limit=3&after=${after}`)).json(),
    );
    pages.push(...page.mismatches);
    after = page.next;
  }
  expect(pages.map(({ no }) => no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const only = await stand.get(
    `/v1/reconciliations/${report.id}/mismatches?field=volume&kind=real&source=baostock`,
  );
  expect(mismatchListSchema.parse(only.json()).mismatches).toMatchObject(
    Array.from({ length: 4 }, () => ({ field: 'volume', ourValue: 1000, theirValue: 12 })),
  );
});

it('lists comparisons newest first, page by page', async () => {
  const ids = [];
  for (let at = 0; at < 3; at++) ids.unshift((await reconcile({ sampleSize: 1, seed: at })).id);
  const first = reconciliationListSchema.parse(
    (await stand.get('/v1/reconciliations?dataset=daily_bars&limit=2')).json(),
  );
  expect(first.reconciliations.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const rest = reconciliationListSchema.parse(
    (await stand.get(`/v1/reconciliations?limit=2&before=${first.next}`)).json(),
  );
  expect([rest.reconciliations.map(({ id }) => id), rest.next]).toEqual([ids.slice(2), null]);
  expect((await stand.get('/v1/reconciliations?dataset=adj_factors')).json()).toMatchObject({
    reconciliations: [],
  });
});

it.each([
  [{ dataset: 'moon' }, 404, 'unknown_dataset'],
  [{ dataset: 'news' }, 400, 'bad_request'],
  [{ day: '2024-01-06' }, 400, 'bad_request'],
  [{ sampleSize: 5000 }, 400, 'bad_request'],
])('refuses %j', async (wrong, status, code) => {
  const answer = await stand.post('/v1/reconciliations', { ...WISH, ...wrong });
  expect(answer.json()).toMatchObject({ status, code });
});

it('knows none that has not been begun', async () => {
  for (const path of ['999999', '999999/mismatches']) {
    expect((await stand.get(`/v1/reconciliations/${path}`)).json()).toMatchObject({
      code: 'unknown_reconciliation',
    });
  }
});
