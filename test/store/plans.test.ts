import { expect, it } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { generatedListings } from '../support/generatedListings.ts';
import { fillHistory } from '../support/history.ts';
import { walkHotPath } from '../support/hotPath.ts';
import { usePlans } from '../support/plans.ts';
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

const plans = usePlans('plans', async ({ owner, db, step }) => {
  const listings = generatedListings(SYMBOLS);
  await seedLists(owner, listings);
  await fillHistory(owner, HISTORY);
  await walkHotPath(createStore(db), listings, step);
});

it('walks over every table that grows', () => {
  const seen = plans.tables();
  // nothing on the hot path reads events back
  expect(GROWING.filter((table) => !seen.has(table))).toEqual(['event']);
});

it('scans no table that grows with history', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more of a growing table than a run or a page has', () => {
  expect(plans.longReads(GROWING, 2 * SYMBOLS)).toEqual([]);
});
