import { openWorld, sampleFolder, startReplay, type Replay, type World } from '@tapekeeper/replay';
import { type DatasetId, type SourceId } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { collectWith, type Tables, type Wish } from './collect.ts';
import { agreementText, compareTables, type Agreement } from './compareTables.ts';

const YEARS = { from: '2023-01-03', to: '2024-12-31' };
const HALF = { from: '2024-01-02', to: '2024-06-28' };
const WEEK = { from: '2024-07-15', to: '2024-07-19' };
const QUARTERS = { from: '2023-12-31', to: '2024-06-30' };

const WISHES: readonly Wish[] = [
  { dataset: 'trade_calendar', from: '1990-12-19', to: '2024-12-31' },
  { dataset: 'stock_basics', ...YEARS },
  { dataset: 'daily_bars', ...YEARS },
  { dataset: 'adj_factors', ...YEARS },
  { dataset: 'index_bars', ...YEARS },
  { dataset: 'minute_bars', ...WEEK },
  { dataset: 'financials', ...QUARTERS },
  { dataset: 'dividends', from: '2022-12-31', to: '2024-06-30' },
  { dataset: 'suspensions', ...HALF },
];

let database: TestDatabase;
let replay: Replay;
let world: World;
const collected: Partial<Record<SourceId, Tables>> = {};

beforeAll(async () => {
  database = await createDatabase('agreement');
  world = await openWorld(sampleFolder());
  replay = await startReplay({ world });
  for (const id of ['tushare', 'baostock', 'akshare'] as const) {
    const at = performance.now();
    collected[id] = await collectWith(database.db, id, { world, replay }, WISHES);
    console.log(id, performance.now() - at, Object.entries(collected[id]).map(([k, v]) => `${k} ${v.size}`).join());
  }
}, 240_000);
afterAll(async () => {
  await replay.stop();
  await database.drop();
});

it('x', () => {
  for (const { dataset } of WISHES)
    for (const pair of [['tushare', 'baostock'], ['tushare', 'akshare'], ['baostock', 'akshare']] as const) {
      const [one, other] = [collected[pair[0]]?.[dataset], collected[pair[1]]?.[dataset]];
      if (one && other) { const a = compareTables(dataset, pair, one, other); console.log(agreementText(a) + '\n' + a.examples.slice(0, 4).join('\n') + '\n alone: ' + a.onlyOne.slice(0, 3).join('; ') + ' | ' + a.onlyOther.slice(0, 3).join('; ')); }
    }
});
