import { type DatasetId, type SourceId } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { collectWith, type Collected, type Wish } from './collect.ts';
import { agreementText, compareTables, newestReports, type Agreement, type Table } from './compareTables.ts';
import type { Pair } from './fields.ts';

const YEARS = { from: '2023-01-03', to: '2024-12-31' };
const YEAR = { from: '2024-01-02', to: '2024-12-31' };
const HALF = { from: '2024-01-02', to: '2024-06-28' };
const WEEK = { from: '2024-07-15', to: '2024-07-19' };
const QUARTERS = { from: '2023-12-31', to: '2024-06-30' };

/** What at least two sources have; spans of those that take a call for each symbol and day are short. */
const WISHES: readonly Wish[] = [
  { dataset: 'trade_calendar', from: '1990-12-19', to: '2024-12-31' },
  { dataset: 'stock_basics', ...YEARS },
  { dataset: 'daily_bars', ...YEARS },
  { dataset: 'adj_factors', ...YEAR },
  { dataset: 'index_bars', ...YEAR },
  { dataset: 'minute_bars', ...WEEK },
  { dataset: 'financials', ...QUARTERS },
  { dataset: 'dividends', from: '2023-03-31', to: '2024-06-30' },
  { dataset: 'suspensions', ...HALF },
];

const IDS: readonly SourceId[] = ['tushare', 'baostock', 'akshare'];
const collected = new Map<SourceId, Collected>();

beforeAll(async () => {
  const database = await createDatabase('agreement');
  const world = await openWorld(sampleFolder());
  const replay = await startReplay({ world });
  try {
    for (const id of IDS) collected.set(id, await collectWith(database.db, id, { world, replay }, WISHES));
  } finally {
    await replay.stop();
    await database.drop();
  }
}, 240_000);

const ofSource = (id: SourceId): Collected => collected.get(id) ?? expect.fail(`${id} has collected nothing`);
const tableOf = (id: SourceId, dataset: DatasetId): Table =>
  ofSource(id).tables[dataset] ?? expect.fail(`${id} has no ${dataset}`);

function compare(dataset: DatasetId, pair: Pair, as = (table: Table): Table => table): Agreement {
  const agreement = compareTables(
    dataset,
    pair,
    as(tableOf(pair[0], dataset)),
    as(tableOf(pair[1], dataset)),
  );
  console.log(agreementText(agreement));
  return agreement;
}

function expectAgreement(agreement: Agreement): void {
  expect(agreement.examples).toEqual([]);
  expect(agreement.rows).toBeGreaterThan(0);
  expect(agreement.values).toBeGreaterThan(0);
}

const ALL: readonly Pair[] = [
  ['tushare', 'baostock'],
  ['tushare', 'akshare'],
  ['baostock', 'akshare'],
];
const WITH_AKSHARE: readonly Pair[] = [['tushare', 'akshare']];

/** Everything that one has the other has too. */
const SAME_ROWS: readonly (readonly [DatasetId, readonly Pair[], least: number])[] = [
  ['trade_calendar', ALL, 37_296],
  ['stock_basics', ALL, 100],
  ['daily_bars', ALL, 48_050],
  ['adj_factors', ALL, 24_000],
  ['index_bars', ALL, 4598],
  ['minute_bars', [['baostock', 'akshare']], 23_952],
  ['suspensions', WITH_AKSHARE, 6],
];

describe('sources that are asked for the same days', () => {
  for (const [dataset, pairs, least] of SAME_ROWS) {
    it.each(pairs.map((pair) => ({ pair })))(`fill ${dataset} with the same rows: $pair`, ({ pair }) => {
      const agreement = compare(dataset, pair);
      expectAgreement(agreement);
      expect({ one: agreement.onlyOne, other: agreement.onlyOther }).toEqual({ one: [], other: [] });
      expect(agreement.rows).toBeGreaterThanOrEqual(least);
    });
  }

  it('give lots of 100 shares for shares, and percent with two decimals, at Eastmoney alone', () => {
    const exact = compare('daily_bars', ['tushare', 'baostock']);
    expect([exact.fields['volume']?.most, exact.fields['pct_chg']?.most]).toEqual([0, 0]);
    const web = compare('daily_bars', ['tushare', 'akshare']);
    expect(web.fields['volume']?.most).toBeLessThanOrEqual(50);
    expect(web.fields['pct_chg']?.most).toBeLessThanOrEqual(0.0051);
  });

  it.each(WITH_AKSHARE.map((pair) => ({ pair })))(
    'fill the newest version of each report alike: $pair',
    ({ pair }) => {
      const agreement = compare('financials', pair, newestReports);
      expectAgreement(agreement);
      expect({ one: agreement.onlyOne, other: agreement.onlyOther }).toEqual({ one: [], other: [] });
    },
  );

  it('fill the indicators of the same announcement alike where BaoStock knows it', () => {
    const agreement = compare('financials', ['tushare', 'baostock']);
    expectAgreement(agreement);
    // one row a quarter, and none of the statements
    expect(agreement.onlyOther).toEqual([]);
  });

  it.each(ALL.map((pair) => ({ pair })))('fill dividends alike where both have them: $pair', ({ pair }) => {
    expectAgreement(compare('dividends', pair));
  });

  it('have no dividend at Eastmoney that Tushare has not', () => {
    expect(compare('dividends', ['tushare', 'akshare']).onlyOther).toEqual([]);
  });

  it('end well, but where rows were refused', () => {
    for (const id of IDS) {
      const { states, quarantined } = ofSource(id);
      const refused = new Set(quarantined.map(({ dataset }) => dataset));
      for (const [dataset, state] of Object.entries(states)) {
        const expected = refused.has(dataset as DatasetId) ? 'success_with_errors' : 'success';
        expect(`${id} ${dataset} ${state}`).toBe(`${id} ${dataset} ${expected}`);
      }
    }
  });

  it('bring no row that is refused', () => {
    const of = (id: SourceId) => ofSource(id).quarantined;
    expect([of('tushare'), of('akshare')]).toEqual([[], []]);
    // BaoStock does not say which quarter a dividend is for: of two that were announced together, one is set aside
    expect(of('baostock').filter(({ dataset }) => dataset !== 'dividends')).toEqual([]);
  });
});
