import { beforeAll, expect, test } from 'vitest';
import { askTushare, type TushareCall } from '../../test/askTushare.ts';
import { runReplay } from '../../test/runReplay.ts';
import type { Fault } from '../faults/fault.ts';
import { openWorld } from '../world/openWorld.ts';
import { sampleFolder } from '../world/sampleFolder.ts';
import type { World } from '../world/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(sampleFolder());
});

type Cells = readonly (readonly (string | number | null)[])[];

/** Asks with and without a fault. */
async function asker(fault: Fault) {
  const replay = await runReplay({ world, now: () => Date.parse('2024-07-18T15:30:00+08:00') });
  const rows = async (api: string, call: TushareCall): Promise<Cells> =>
    (await askTushare(replay.tushareUrl, api, call)).data!.items;
  return async (api: string, call: TushareCall): Promise<readonly [right: Cells, wrong: Cells]> => {
    replay.clearFaults();
    const right = await rows(api, call);
    replay.addFault({ match: { protocol: 'tushare', api }, fault });
    return [right, await rows(api, call)];
  };
}

const ONE_DAY = { ts_code: '000001.SZ', trade_date: '20240718' };

test('a slip of units is in the volumes of every interface that has some, and nowhere else', async () => {
  const ask = await asker({ kind: 'scale', field: 'volume', factor: 100 });
  for (const [api, params] of [
    ['daily', ONE_DAY],
    ['rt_k', { ts_code: '000001.SZ' }],
    ['weekly', { ...ONE_DAY, trade_date: '20240719' }],
  ] as const) {
    const [right, wrong] = await ask(api, { params, fields: 'vol,amount,close' });
    const [vol, ...rest] = right[0]!;
    expect(wrong).toEqual([[expect.closeTo(Number(vol) * 100, 2), ...rest]]);
  }
});

test('prices of one board are a hundredth of what they are', async () => {
  const ask = await asker({ kind: 'scale', field: 'price', factor: 0.01, board: 'main' });
  const [right, wrong] = await ask('daily', { params: ONE_DAY, fields: 'close,pre_close,change,pct_chg' });
  const [close, preClose, change, percent] = right[0]!.map(Number) as [number, number, number, number];
  expect(wrong[0]!.map((cell) => Number(cell))).toEqual([
    expect.closeTo(close / 100, 6),
    expect.closeTo(preClose / 100, 6),
    expect.closeTo(change / 100, 6),
    percent,
  ]);
  const other = { params: { trade_date: '20240718', ts_code: '688169.SH' }, fields: 'close' };
  const [same, asBefore] = await ask('daily', other);
  expect(same).toHaveLength(1);
  expect(asBefore).toEqual(same);
  const limits = { params: ONE_DAY, fields: 'up_limit,down_limit' };
  const [limit, scaled] = await ask('stk_limit', limits);
  expect(Number(scaled[0]![0])).toBeCloseTo(Number(limit[0]![0]) / 100, 3);
});

test('a half-published day lacks the same symbols each time, in every interface of days', async () => {
  const ask = await asker({ kind: 'half_day', share: 0.5, day: '2024-07-18' });
  for (const api of ['daily', 'daily_basic', 'adj_factor', 'stk_limit']) {
    const call = { params: { trade_date: '20240718' }, fields: 'ts_code' };
    const [right, wrong] = await ask(api, call);
    expect(wrong.length).toBeGreaterThan(right.length / 4);
    expect(wrong.length).toBeLessThan((right.length * 3) / 4);
    expect((await ask(api, call))[1]).toEqual(wrong);
    const [before, still] = await ask(api, { params: { trade_date: '20240717' }, fields: 'ts_code' });
    expect(still).toEqual(before);
  }
});

test('a corrected day has other prices and turnover', async () => {
  const ask = await asker({ kind: 'changed_history', day: '2024-07-18', factor: 2 });
  const range = { ts_code: '000001.SZ', start_date: '20240717', end_date: '20240718' };
  const [right, wrong] = await ask('daily', { params: range, fields: 'open,amount,vol' });
  const [open, amount, volume] = right[0]!.map(Number) as [number, number, number];
  expect(wrong[0]!.map(Number)).toEqual([open * 2, expect.closeTo(amount * 2, 3), volume]);
  expect(wrong[1]).toEqual(right[1]);
});

test('a late factor lacks the step of its day', async () => {
  const ask = await asker({ kind: 'late_factor', day: '2024-06-14' });
  const range = { ts_code: '000001.SZ', start_date: '20240613', end_date: '20240614' };
  const [right, wrong] = await ask('adj_factor', { params: range, fields: 'adj_factor' });
  expect(right[0]).not.toEqual(right[1]);
  expect(wrong).toEqual([right[1], right[1]]);
});

test('pages that moved have a row twice and lack another, tables and lists alike', async () => {
  const ask = await asker({ kind: 'moved_pages', rows: 2 });
  for (const [api, params, fields] of [
    ['daily', { trade_date: '20240718' }, 'ts_code'],
    ['stk_limit', { trade_date: '20240718' }, 'ts_code'],
    ['stock_basic', {}, 'ts_code'],
    ['trade_cal', { start_date: '20240701', end_date: '20240731' }, 'cal_date'],
    ['anns_d', { ann_date: '20240718' }, 'url'],
  ] as const) {
    const page = (offset: number) => ask(api, { params: { ...params, offset, limit: 5 }, fields });
    const [right, first] = await page(0);
    const [next, second] = await page(5);
    expect(first).toEqual(right);
    expect(second.slice(0, 3)).toEqual(next.slice(2));
  }
});

test('a quota is refused in the words for its window, and only for the interface that used it up', async () => {
  const replay = await runReplay({ world });
  replay.addFault({
    match: { protocol: 'tushare', api: 'daily' },
    fault: { kind: 'quota', calls: 1, per: 'day' },
  });
  const call = { params: ONE_DAY };
  expect((await askTushare(replay.tushareUrl, 'daily', call)).code).toBe(0);
  const refused = await askTushare(replay.tushareUrl, 'daily', call);
  expect(refused).toMatchObject({ code: 40203, data: null, msg: expect.stringContaining('1次') });
  expect((await askTushare(replay.tushareUrl, 'adj_factor', call)).code).toBe(0);
});

test('too many calls in a window shut the address out until the pause is over', async () => {
  let now = Date.parse('2024-07-18T15:30:00+08:00');
  const replay = await runReplay({ world, now: () => now });
  replay.addFault({
    match: { protocol: 'tushare' },
    fault: { kind: 'limit', calls: 1, windowSeconds: 60, pauseSeconds: 600 },
  });
  const codeOf = async () => (await askTushare(replay.tushareUrl, 'daily', { params: ONE_DAY })).code;
  expect([await codeOf(), await codeOf(), await codeOf()]).toEqual([0, 40204, 40204]);
  now += 601_000;
  expect(await codeOf()).toBe(0);
});
