import { readFileSync } from 'node:fs';
import { plainDay, symbolOf } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { type BaostockClient, baostockClient, decodeAnswer } from '../../test/baostockClient.ts';
import { runReplay } from '../../test/runReplay.ts';
import type { FaultRule } from '../faults/fault.ts';
import type { MinuteBar } from '../world/facts.ts';
import { openWorld, type World } from '../world/openWorld.ts';
import { sampleFolder } from '../world/sampleFolder.ts';

const sample = await openWorld(sampleFolder());
const K_DATA = 'query_history_k_data_plus';
const MINUTE = 'date,time,code,open,high,low,close,volume,amount,adjustflag';
const SPAN = 'date,code,open,high,low,close,volume,amount,adjustflag,turn,pctChg';
const DAY = 'date,open,high,low,close,preclose,volume,amount,tradestatus,turn';

async function connected(
  world: World = sample,
  faults: readonly FaultRule['fault'][] = [],
): Promise<BaostockClient> {
  const rules = faults.map((fault): FaultRule => ({ match: { protocol: 'baostock' }, fault }));
  const client = await baostockClient((await runReplay({ world, faults: rules })).baostockUrl);
  await client.login();
  return client;
}

const bars = (
  client: BaostockClient,
  frequency: string,
  fields: string,
  [from, to]: readonly [string, string] = ['2024-01-01', '2024-01-31'],
  { code = 'sz.000001', flag = '3' } = {},
): Promise<string[][]> => client.rows('95', K_DATA, [code, fields, from, to, frequency, flag]);

const sum = (rows: readonly string[][], at: number): number =>
  rows.reduce((total, row) => total + Number(row[at]), 0);

test.each([
  ['5', 48],
  ['15', 16],
  ['30', 8],
  ['60', 4],
])('gives bars of %s minutes that make up the day', async (frequency, count) => {
  const client = await connected();
  const [day] = await bars(client, 'd', DAY, ['2024-01-10', '2024-01-10']);
  const rows = await bars(client, frequency, MINUTE, ['2024-01-10', '2024-01-10']);
  expect(rows).toHaveLength(count);
  expect(new Set(rows.map((row) => row[1])).size).toBe(count);
  expect(rows.at(-1)!.slice(0, 3)).toEqual(['2024-01-10', '20240110150000000', 'sz.000001']);
  const [, open, high, low, close] = day!;
  expect([rows[0]![3], rows.at(-1)![6]]).toEqual([open, close]);
  expect(rows.map((row) => row[4]!).reduce((a, b) => (Number(a) > Number(b) ? a : b))).toBe(high);
  expect(rows.map((row) => row[5]!).reduce((a, b) => (Number(a) < Number(b) ? a : b))).toBe(low);
  expect(sum(rows, 7)).toBe(Number(day![6]));
  expect(sum(rows, 8)).toBeCloseTo(Number(day![7]), 1);
});

test('ends bars of an hour where the session does', async () => {
  const rows = await bars(await connected(), '60', 'time', ['2024-01-10', '2024-01-10']);
  expect(rows.flat().map((time) => time.slice(8, 12))).toEqual(['1030', '1130', '1400', '1500']);
});

test('answers the captured question about bars of an hour with the captured text', async () => {
  const folder = new URL(
    '../../../../test/fixtures/baostock/query_history_k_data_plus_60min/',
    import.meta.url,
  );
  const captured = decodeAnswer(readFileSync(new URL('response.bin', folder)));
  const { record } = JSON.parse(captured.parts[6]!) as { record: string[][] };
  const factor = 0.936211;
  const symbol = symbolOf('600000.SH');
  // Each hour as twelve bars: it opens in the first, closes in the last, and all happens in the first.
  const fives = (day: string): MinuteBar[] =>
    record
      .filter(([date]) => date === day)
      .flatMap(([, time = '', , ...cells]) => {
        const [open = 0, high = 0, low = 0, close = 0] = cells
          .slice(0, 4)
          .map((text) => Number((Number(text) / factor).toFixed(2)));
        const end = Date.parse(`${day}T${time.slice(8, 10)}:${time.slice(10, 12)}:00+08:00`);
        return Array.from({ length: 12 }, (_, at): MinuteBar => {
          const first = at === 0;
          return {
            at: end - (11 - at) * 300_000,
            open: first ? open : close,
            high: first ? high : close,
            low: first ? low : close,
            close,
            volume: first ? Number(cells[4]) : 0,
            amount: first ? Number(cells[5]) : 0,
          };
        });
      });
  const { instrument, factors } = sample.baostock;
  const known = { ...instrument('000001.SZ')!, symbol };
  const world: World = {
    ...sample,
    baostock: {
      ...sample.baostock,
      instrument: (wanted) => (wanted === symbol ? known : instrument(wanted)),
      factors: (index) =>
        index === known.index
          ? {
              days: [plainDay('2023-07-21'), plainDay('2024-07-18')],
              texts: ['11.949786', String(11.949786 / factor)],
            }
          : factors(index),
    },
    facts: { ...sample.facts, minuteBars: (_, day) => fives(day) },
  };
  const client = await connected(world);
  expect((await client.send(readFileSync(new URL('request.bin', folder)))).parts).toEqual(captured.parts);
});

test('gives five-minute bars in pages of 10,000', async () => {
  const client = await connected();
  const range = ['2023-01-01', '2024-12-31'] as const;
  const page = (number: number): Promise<string[][]> =>
    client.rows('95', K_DATA, ['sz.000001', MINUTE, ...range, '5', '3'], number);
  const days = await bars(client, 'd', DAY, range);
  const traded = days.filter((row) => row[8] === '1').length;
  const [first, second, third] = [await page(1), await page(2), await page(3)];
  expect([first.length, second.length, third.length]).toEqual([10_000, 10_000, traded * 48 - 20_000]);
  const times = [...first, ...second, ...third].map((row) => row[1]!);
  expect(times).toEqual(times.toSorted());
});

test('has no minutes of days without trade, nor of indices', async () => {
  const client = await connected();
  const range = ['2024-07-18', '2024-12-31'] as const;
  const days = await bars(client, 'd', DAY, range, { code: 'sz.002252' });
  const minutes = await bars(client, '60', MINUTE, range, { code: 'sz.002252' });
  const traded = days.filter((row) => row[8] === '1').map(([day]) => day);
  expect(traded.length).toBeLessThan(days.length);
  expect([...new Set(minutes.map(([day]) => day))]).toEqual(traded);
  expect(await bars(client, '5', MINUTE, range, { code: 'sh.000001' })).toEqual([]);
});

test.each(['w', 'm'])('gives bars of frequency %s that their days make up', async (frequency) => {
  const client = await connected();
  const range = ['2024-02-01', '2024-04-30'] as const;
  const days = await bars(client, 'd', DAY, ['2023-12-01', '2024-04-30']);
  const spans = await bars(client, frequency, SPAN, range);
  expect(spans.length).toBe(frequency === 'w' ? 13 : 3);
  let before = frequency === 'w' ? '2024-01-26' : '2024-01-31';
  for (const [date = '', code, open, high, low, close, volume, amount, flag, turn, change] of spans) {
    const own = days.filter(([day = '']) => day > before && day <= date);
    expect([code, flag, open, close]).toEqual(['sz.000001', '3', own[0]![1], own.at(-1)![4]]);
    expect(Number(high)).toBe(Math.max(...own.map((row) => Number(row[2]))));
    expect(Number(low)).toBe(Math.min(...own.map((row) => Number(row[3]))));
    expect([Number(volume), Number(amount)]).toEqual([sum(own, 6), expect.closeTo(sum(own, 7), 1)]);
    expect(Number(turn)).toBeCloseTo(sum(own, 9), 5);
    const reference = Number(own[0]![5]);
    expect(Number(change)).toBeCloseTo((Number(close) / reference - 1) * 100, 1);
    before = date;
  }
});

test('serves a week when it is over', async () => {
  const client = await connected();
  // The data end on a Tuesday, which is the last day of its month.
  const dates = async (frequency: string): Promise<string[]> =>
    (await bars(client, frequency, 'date', ['2024-12-01', '2024-12-31'])).flat();
  expect(await dates('w')).toEqual(['2024-12-06', '2024-12-13', '2024-12-20', '2024-12-27']);
  expect(await dates('m')).toEqual(['2024-12-31']);
});

test('gives days and weeks of indices', async () => {
  const client = await connected();
  const index = { code: 'sh.000001' };
  const rows = await bars(
    client,
    'd',
    'date,code,close,preclose,volume,amount,pctChg,turn,isST',
    undefined,
    index,
  );
  expect(rows.length).toBe(22);
  expect(rows[0]!.slice(0, 2)).toEqual(['2024-01-02', 'sh.000001']);
  for (const [at, row] of rows.entries()) {
    expect([row[7], row[8]]).toEqual(['', '0']);
    if (at > 0) expect(row[3]).toBe(rows[at - 1]![2]);
  }
  const weeks = await bars(client, 'w', SPAN, undefined, index);
  expect(weeks.map(([date]) => date)).toEqual(['2024-01-05', '2024-01-12', '2024-01-19', '2024-01-26']);
  expect(weeks.map((row) => row[9])).toEqual(['', '', '', '']);
});

test('slips by the power of ten that a fault tells, in every length of bars', async () => {
  const faults = [{ kind: 'scale', field: 'volume', factor: 100 }] as const;
  const [right, wrong] = [await connected(), await connected(sample, faults)];
  for (const [frequency, fields] of [
    ['d', 'close,amount,volume'],
    ['w', 'close,amount,volume'],
    ['5', 'close,amount,volume'],
  ] as const) {
    const [good] = await bars(right, frequency, fields);
    const [bad] = await bars(wrong, frequency, fields);
    expect(bad!.slice(0, 2)).toEqual(good!.slice(0, 2));
    expect(Number(bad![2])).toBe(Number(good![2]) * 100);
  }
});

test('changes a day of the past, and publishes half of another, where faults say so', async () => {
  const faults = [
    { kind: 'changed_history', day: '2024-01-10', factor: 1.01 },
    { kind: 'half_day', day: '2024-01-11', share: 0 },
  ] as const;
  const [right, wrong] = [await connected(), await connected(sample, faults)];
  const good = await bars(right, 'd', 'date,close');
  const bad = await bars(wrong, 'd', 'date,close');
  expect(bad).toHaveLength(good.length - 1);
  const served = new Set(bad.map((row) => row.join()));
  const missing = good.filter((row) => !served.has(row.join())).map(([day]) => day);
  expect(missing).toEqual(['2024-01-10', '2024-01-11']);
  const listed = await wrong.rows('35', 'query_all_stock', ['2024-01-11']);
  expect(listed).toEqual([]);
});

test('leaves out the step of an ex-date that is late', async () => {
  const range = ['2024-01-01', '2024-12-31'];
  const factors = (client: BaostockClient): Promise<string[][]> =>
    client.rows('15', 'query_adjust_factor', ['sz.000001', ...range]);
  const good = await factors(await connected());
  const late = good.at(-1)![1]!;
  const wrong = await connected(sample, [{ kind: 'late_factor', day: late }]);
  expect((await factors(wrong)).map(([, day]) => day)).toEqual(good.slice(0, -1).map(([, day]) => day));
});

test('moves rows between pages where a fault says so', async () => {
  const client = await connected(sample, [{ kind: 'moved_pages', rows: 2 }]);
  const page = (number: number): Promise<string[][]> =>
    client.rows('95', K_DATA, ['sz.000001', 'date', '2024-01-01', '2024-01-31', 'd', '3'], number, 10);
  const days = [...(await page(1)), ...(await page(2)), ...(await page(3))].flat();
  expect(days).toHaveLength(22);
  expect(new Set(days).size).toBe(20);
});
