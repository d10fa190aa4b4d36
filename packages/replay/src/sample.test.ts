import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { askTushareText } from '../test/askTushare.ts';
import { baostockClient } from '../test/baostockClient.ts';
import { runReplay } from '../test/runReplay.ts';
import { chainFactors, type FactorBar, factorOn } from './world/factorSteps.ts';
import { openWorld } from './world/openWorld.ts';
import { sampleFolder } from './world/sampleFolder.ts';

/** Rows of a sample file by column name, read without the code under test. */
function rowsOf(name: string): Record<string, string>[] {
  const bytes = readFileSync(join(sampleFolder(), name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, index) => [columns[index]!, cell])),
  );
}

/** The digits of a decimal divided by 10^places, through integers. */
function divided(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const scale = places + fraction.length;
  const digits = String(BigInt(whole + fraction)).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
}

/** They go through all the rows. */
const LONG = { timeout: 120_000 };

const bars = rowsOf('bars_daily_raw.csv.gz');
const barsOf = Map.groupBy(bars, (bar) => bar['ts_code']!);
const world = await openWorld(sampleFolder());

test('the sample is small, and says what was promised of it', () => {
  const bytes = readdirSync(sampleFolder()).map((name) => statSync(join(sampleFolder(), name)).size);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(4 * 1024 * 1024);
  expect([world.firstDay, world.lastDay]).toEqual(['2023-01-03', '2024-12-31']);
  expect(world.symbols).toHaveLength(100);
  expect(world.symbols).toEqual(
    [...new Set(bars.map((bar) => bar['ts_code']))].sort((a, b) => (String(a) < String(b) ? -1 : 1)),
  );
  expect(bars.filter((bar) => bar['trade_status'] === '0').length).toBeGreaterThan(50);
});

test('every bar reaches a Tushare client with the digits of the file', LONG, async () => {
  const { tushareUrl } = await runReplay({ world });
  const fields = 'ts_code,trade_date,open,high,low,close,pre_close,pct_chg,vol,amount';
  const expected = new Map<string, string[]>();
  for (const bar of bars) {
    const day = bar['trade_date']!;
    const cells = ['open', 'high', 'low', 'close', 'pre_close', 'pct_chg'].map((name) => bar[name]);
    const row = [
      `"${bar['ts_code']}"`,
      `"${day.replaceAll('-', '')}"`,
      ...cells,
      divided(bar['volume'] || '0', 2),
      divided(bar['amount'] || '0', 3),
    ];
    const rows = expected.get(day) ?? [];
    expected.set(day, rows);
    if (bar['trade_status'] === '1') rows.push(row.join());
  }
  expect(expected.size).toBe(484);
  for (const [day, rows] of expected) {
    const text = await askTushareText(tushareUrl, 'daily', {
      params: { trade_date: day.replaceAll('-', '') },
      fields,
    });
    const items = /"items":\[\[(.*)\]\],/.exec(text)![1]!.split('],[');
    expect(items).toEqual(rows);
  }
});

test('every bar reaches a BaoStock client with the digits of the file', LONG, async () => {
  const { baostockUrl } = await runReplay({ world });
  const client = await baostockClient(baostockUrl);
  await client.login();
  const columns = {
    date: 'trade_date',
    open: 'open',
    high: 'high',
    low: 'low',
    close: 'close',
    preclose: 'pre_close',
    volume: 'volume',
    amount: 'amount',
    turn: 'turnover_rate',
    tradestatus: 'trade_status',
    pctChg: 'pct_chg',
    peTTM: 'pe_ttm',
    pbMRQ: 'pb_mrq',
    psTTM: 'ps_ttm',
    isST: 'is_st',
  };
  const bare = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  for (const symbol of world.symbols) {
    const code = `${symbol.slice(7).toLowerCase()}.${symbol.slice(0, 6)}`;
    const params = [code, Object.keys(columns).join(), '2020-01-01', '2025-12-31', 'd', '3'];
    const rows = await client.rows('95', 'query_history_k_data_plus', params);
    const file = barsOf.get(symbol)!;
    expect(rows.map((row) => row.map(bare))).toEqual(
      file.map((bar) => Object.values(columns).map((name) => bar[name])),
    );
  }
});

test('known factors are served with their own digits from the day they are known', LONG, async () => {
  const { tushareUrl } = await runReplay({ world });
  const known = rowsOf('adj_factor_changes.csv');
  expect(new Set(known.map((row) => row['ts_code'])).size).toBe(67);
  for (const { ts_code: symbol, effective_date: day, adj_factor: factor } of known) {
    const text = await askTushareText(tushareUrl, 'adj_factor', {
      params: { ts_code: symbol!, trade_date: day! },
    });
    expect(text).toContain(`"items":[["${symbol}","${day}",${factor}]]`);
  }
});

test('derived factors change by what known ones change by, within the cent of a price', LONG, () => {
  const known = Map.groupBy(rowsOf('adj_factor_changes.csv'), (row) => row['ts_code']!);
  const apart: string[] = [];
  for (const [symbol, changes] of known) {
    const own = barsOf.get(symbol)!.filter((bar) => bar['trade_date']! >= '2024-01-02');
    const series: FactorBar[] = own.map((bar) => ({
      day: bar['trade_date'] as FactorBar['day'],
      close: Number(bar['close']),
      preClose: Number(bar['pre_close']),
    }));
    const derived = Number(factorOn(chainFactors(series, undefined), series.at(-1)!.day));
    const ratio = Number(changes.at(-1)!['adj_factor']) / Number(changes[0]!['adj_factor']);
    const cents = changes.length * (0.01 / Math.min(...series.map(({ close }) => close)));
    if (Math.abs(derived / ratio - 1) >= cents) apart.push(symbol);
  }
  expect(apart).toEqual([]);
});
