import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { connect, type Database } from '../../packages/server/src/store/connection.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { generatedListings } from '../support/generatedListings.ts';
import { fillHistory } from '../support/history.ts';
import { walkHotPath } from '../support/hotPath.ts';
import { seedLists } from '../support/seedMarket.ts';

// Cost must not grow with history: on some hundred thousand rows the planner shows what it would do on millions.

/** Tables that grow with every run or with every day of a market; the queue, lists and coverage do not. */
const GROWING = [
  'worker',
  'run',
  'shard',
  'item',
  'attempt',
  'symbol_outcome',
  'event',
  'fire',
  'quarantine',
  'revision',
  'row_flag',
];

/** The last partition is nearly full, so that the runs of the walk meet as many neighbours as they ever may. */
const HISTORY = { runs: 19_000, itemsARun: 3 };

/** A run of one item a symbol has so many items: what one statement may read of them. */
const SYMBOLS = 500;

interface Read extends Scan {
  readonly step: string;
}

let database: TestDatabase;
let owner: Database;
const reads: Read[] = [];

beforeAll(async () => {
  database = await createDatabase('plans');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  const listings = generatedListings(SYMBOLS);
  await seedLists(owner, listings);
  await fillHistory(owner, HISTORY);
  let step = '';
  const db = explaining(database.db, ({ scans }) => reads.push(...scans.map((scan) => ({ step, ...scan }))));
  await walkHotPath(createStore(db), listings, (name) => (step = name));
});

afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

it('walks over every table that grows', () => {
  const seen = new Set(reads.map((read) => read.table));
  // nothing on the hot path reads events back
  expect(GROWING.filter((table) => !seen.has(table))).toEqual(['event']);
});

it('scans no table that grows with history', () => {
  expect(reads.filter((read) => read.how === 'Seq Scan' && GROWING.includes(read.table))).toEqual([]);
});

it('reads no more of a growing table than a run or a page has', () => {
  const much = reads.filter((read) => GROWING.includes(read.table) && read.rowsRead > 2 * SYMBOLS);
  expect(much).toEqual([]);
});
