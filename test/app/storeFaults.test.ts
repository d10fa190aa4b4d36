import { AppError, RUN_MACHINE, type RunState, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { requestSync, type SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { emptyTables, LIST_TABLES, useCleanDatabase } from '../support/cleanDatabase.ts';
import { faultyStore, type FaultyStore, type StoreFault } from '../support/faultyStore.ts';
import { createHandSource, type HandSource } from '../support/handSource.ts';
import { expectAgreement } from '../support/invariants.ts';
import { ageShards, takeDispatch } from '../support/queue.ts';
import { BY_DAY, BY_SYMBOL, DAYS, honestAnswer } from '../support/smallMarket.ts';

const database = useCleanDatabase();

const SYMBOLS = ['600001.SH', '600002.SH', '000003.SZ'] as Symbol[];
const BARS = { dataset: 'daily_bars', from: DAYS[0], to: DAYS[1] } as const;
/** More calls than any of the runs makes. */
const ENOUGH = 200;
/** Some dozens of whole runs, on a machine that is busy. */
const LONG_MS = 120_000;

/** A small run, how its sources behave, and how it ends when nothing goes wrong. */
interface Scenario {
  readonly end: RunState;
  readonly rows: number;
  readonly sources: () => readonly HandSource[];
  readonly request?: Partial<SyncRequest>;
  /** Whether the lists are there already. */
  readonly listed?: boolean;
}

const honest = (id: 'tushare' | 'baostock', missing: readonly Symbol[] = []): HandSource =>
  createHandSource({
    id,
    capabilities: id === 'tushare' ? BY_DAY : BY_SYMBOL,
    singleConnection: id === 'baostock',
    answer: (question) =>
      honestAnswer(
        question,
        question.dataset === 'daily_bars' ? SYMBOLS.filter((one) => !missing.includes(one)) : SYMBOLS,
      ),
  });

function refusing(id: 'tushare' | 'baostock', from: number): HandSource {
  const source = honest(id);
  const { answer } = source;
  let calls = 0;
  source.answer = (question) => {
    const refused = question.dataset === 'daily_bars' && ++calls >= from;
    if (refused) throw new AppError('permission_denied', { source: id, api: 'daily_bars', message: 'no.' });
    return answer(question);
  };
  return source;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a run that needs its lists first': { end: 'success', rows: 6, sources: () => [honest('tushare')] },
  'a run that falls back to a single connection': {
    end: 'success',
    rows: 6,
    listed: true,
    sources: () => [honest('tushare', SYMBOLS.slice(1, 2)), honest('baostock')],
  },
  'a run that loses a source by right': {
    end: 'success',
    rows: 6,
    listed: true,
    sources: () => [refusing('tushare', 2), honest('baostock')],
  },
  'a run whose only source refuses': {
    end: 'failed',
    rows: 0,
    listed: true,
    sources: () => [refusing('tushare', 1)],
  },
};

/** The steps that every run of the sort takes, and that must have been struck. */
const STEPS: Readonly<Partial<Record<RunState, readonly string[]>>> = {
  success: ['claimShard', 'savePlan', 'takeItems', 'commitItems', 'closeShard'],
  failed: ['claimShard', 'savePlan', 'takeItems', 'failShard'],
};

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  it.each(['before', 'after'] as const)(
    'ends as ever when any one call of the store fails, %s it is done',
    { timeout: LONG_MS },
    async (when) => {
      const { db } = database();
      if (scenario.listed) await listFirst(db);
      const faulty = faultyStore(createStore(db));
      const struck: string[] = [];
      for (let nth = 1; nth < ENOUGH; nth++) {
        const run = await runWith(db, scenario, faulty, { nth, when });
        const name = faulty.struck();
        await expectEnded(db, scenario, run, `call ${nth}: ${name ?? 'none'}`);
        if (name === undefined) break;
        struck.push(name);
      }
      expect(struck.length).toBeLessThan(ENOUGH - 1);
      expect(struck).toEqual(expect.arrayContaining([...(STEPS[scenario.end] ?? [])]));
    },
  );
});

async function expectEnded(db: Database, scenario: Scenario, run: RunView, place: string): Promise<void> {
  expect([place, run.state]).toEqual([place, scenario.end]);
  if (scenario.end === 'success') expect([place, run.itemsDone]).toEqual([place, run.itemsTotal]);
  const rows = await db.rows(sql`SELECT 1 FROM market.daily_bars`);
  expect([place, rows.length]).toEqual([place, scenario.rows]);
  await expectAgreement(db, place);
}

async function runWith(
  db: Database,
  scenario: Scenario,
  faulty: FaultyStore,
  fault: StoreFault,
): Promise<RunView> {
  await emptyTables(db, scenario.listed ? LIST_TABLES : []);
  const stand = await createAppStand(db, {
    sources: scenario.sources(),
    settings: { budgets: true },
    store: () => faulty.store,
  });
  const id = await requestSync(stand.deps, { ...BARS, ...scenario.request });
  faulty.arm(fault);
  await workOff(stand);
  return stand.run(id);
}

async function listFirst(db: Database): Promise<void> {
  const stand = await createAppStand(db, { sources: [honest('tushare')] });
  await stand.sync({ dataset: 'trade_calendar' });
  await stand.sync({ dataset: 'stock_basics' });
}

/**
 * A worker that never falls silent, as its heart has a connection of its own: dispatches until none is
 * left, then rescue after a while, and so on until nothing more happens.
 */
async function workOff(stand: AppStand): Promise<void> {
  const { deps, db } = stand;
  const connections = createSingleConnections(deps, () => stand.workerId);
  const { signal } = new AbortController();
  for (let quiet = 0; quiet < 2; quiet++) {
    for (let dispatch = await takeDispatch(db); dispatch !== undefined; dispatch = await takeDispatch(db)) {
      quiet = 0;
      // the engine only notes that a dispatch has failed
      await runDispatch(deps, { id: stand.workerId, connections }, dispatch, signal).catch(() => {});
    }
    const open = await db.rows(
      sql`SELECT 1 FROM tapekeeper.run WHERE NOT state = ANY(${[...RUN_MACHINE.terminal]}::text[])`,
    );
    if (open.length === 0) return;
    await ageShards(db, 60_000);
    await stand.rescue();
  }
}
