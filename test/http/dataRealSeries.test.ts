/**
 * Adjusted series over real rows of Tushare: bars and factors of 984 stocks in 2024.
 *
 * TAPEKEEPER_TEST_DATA names the folder with the data files, or the folder that holds it as `data/`.
 * Without it the tests are shown as skipped; under CI they fail, so that nobody takes them for passed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  adjustedRow,
  adjuster,
  dayBarOf,
  plainDay,
  spanBars,
  type DayBar,
  type FactorPoint,
  type Row,
} from '@tapekeeper/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { writeRows } from '../../packages/server/src/store/marketRows.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { allDataPages } from './dataPages.ts';
import { createHttpStand } from './httpStand.ts';

const FILE = 'tushare_daily_adj_2024.csv.gz';
const folder = findFolder(process.env['TAPEKEEPER_TEST_DATA']);
const database = useCleanDatabase();

interface RealSeries {
  readonly rows: readonly Row[];
  readonly factors: readonly FactorPoint[];
}

describe.skipIf(folder === undefined)('real series (TAPEKEEPER_TEST_DATA)', () => {
  let series: ReadonlyMap<string, RealSeries>;

  beforeAll(() => void (series = readSeries(join(folder!, FILE))));

  test('are all there', () => expect(series.size).toBe(984));

  test('have, adjusted, no jumps on ex-dates: the reference price is the close of the day before', () => {
    let pairs = 0;
    const misses: string[] = [];
    for (const { rows, factors } of series.values()) {
      const bars = adjusted({ rows, factors }, 'qfq');
      for (const [at, bar] of bars.entries()) {
        const before = bars[at - 1];
        if (before === undefined) continue;
        pairs += 1;
        // both are rounded, and so was the reference price when it was published
        if (Math.abs((bar.preClose ?? 0) - (before.close ?? 0)) > 0.025)
          misses.push(`${bar.symbol} ${bar.day}`);
      }
    }
    expect(pairs).toBeGreaterThan(236_000);
    expect(misses.length).toBeLessThan(20);
  });

  test('end, adjusted to the last day, at the raw prices of that day', () => {
    for (const one of series.values()) {
      const last = one.rows.at(-1) as Row;
      expect(adjusted(one, 'qfq').at(-1)).toEqual(dayBarOf(last));
    }
  });

  test('gain over their weeks what they gain over their days', () => {
    for (const one of series.values()) {
      const bars = adjusted(one, 'hfq');
      const joiner = spanBars('week');
      const weeks = [...bars.map((bar) => joiner.add(bar)), joiner.end()].filter((row) => row !== undefined);
      const growth = weeks.reduce((product, week) => product * (1 + Number(week['pct_chg']) / 100), 1);
      const [first, last] = [bars[0] as DayBar, bars.at(-1) as DayBar];
      expect(Math.abs((last.close ?? 0) / (first.preClose ?? 0) / growth - 1)).toBeLessThan(0.02);
      expect(weeks.reduce((sum, week) => sum + Number(week['volume']), 0)).toBe(
        bars.reduce((sum, bar) => sum + bar.volume, 0),
      );
    }
  });

  test('come out of the database as they are computed', async () => {
    const [symbol, one] = [...series].find(
      ([, { factors }]) => new Set(factors.map((point) => point.factor)).size > 2,
    )!;
    const { db } = database();
    await db.rows(sql`INSERT INTO tapekeeper.instrument (id, symbol) VALUES (1, ${symbol})`);
    const factorRows = one.factors.map(({ day, factor }) => ({
      symbol,
      trade_date: day,
      adj_factor: factor,
    }));
    await db.transaction(async (tx) => {
      for (const [dataset, rows] of [
        ['daily_bars', one.rows],
        ['adj_factors', factorRows],
      ] as const) {
        const columns = Object.keys(rows[0] as Row);
        const write = { dataset, columns, rows, source: 'tushare', mode: 'replace' } as const;
        await writeRows(tx, write, { runId: 1, knownAt: 0 });
      }
    });
    const stand = await createHttpStand(db);
    for (const adjust of ['qfq', 'hfq'] as const) {
      const rows = await allDataPages(
        stand,
        `/v1/data/daily_bars?symbols=${symbol}&adjust=${adjust}&limit=100`,
      );
      expect(rows.map(dayBarOf)).toEqual(adjusted(one, adjust));
    }
  });
});

function adjusted({ rows, factors }: RealSeries, adjust: 'qfq' | 'hfq'): readonly DayBar[] {
  const adjustmentOn = adjuster(factors, adjust);
  return rows.map((row) => dayBarOf(adjustedRow(row, adjustmentOn(dayBarOf(row).day))));
}

function readSeries(path: string): ReadonlyMap<string, RealSeries> {
  const [head = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  const names = head.trim().split(',');
  const found = new Map<string, { rows: Row[]; factors: FactorPoint[] }>();
  for (const line of lines) {
    const cells = line.trim().split(',');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const symbol = cell('ts_code');
    const day = plainDay(cell('trade_date'));
    const one = found.get(symbol) ?? { rows: [], factors: [] };
    found.set(symbol, one);
    one.factors.push({ day, factor: Number(cell('adj_factor')) });
    one.rows.push({
      symbol,
      trade_date: day,
      ...Object.fromEntries(
        ['open', 'high', 'low', 'close', 'pre_close'].map((name) => [name, Number(cell(name))]),
      ),
      volume: Math.round(Number(cell('vol')) * 100),
      amount: Math.round(Number(cell('amount')) * 100_000) / 100,
      pct_chg: Number(cell('pct_chg')),
    });
  }
  return found;
}

function findFolder(named: string | undefined): string | undefined {
  const found = [named && join(named, 'data'), named].find((each) => each && existsSync(join(each, FILE)));
  if (named && !found) throw new Error(`TAPEKEEPER_TEST_DATA is ${named}, which has no ${FILE}`);
  if (!found && process.env['CI'])
    throw new Error('CI has to set TAPEKEEPER_TEST_DATA to the folder of real rows');
  return found;
}
