import { plainDay } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import {
  amountFactor,
  hasRow,
  movedRows,
  priceFactor,
  publishedSteps,
  scaledText,
  volumeFactor,
} from './dataFaults.ts';
import type { DataFault } from './fault.ts';
import { makeFaultScript } from './faultScript.ts';

const DAY = '2024-01-02';

test('leaves rows alone without faults', () => {
  expect([
    priceFactor([], '600000.SH', DAY),
    volumeFactor([], '600000.SH'),
    amountFactor([], DAY),
    hasRow([], '600000.SH', DAY),
    movedRows([], [1, 2], 2),
  ]).toEqual([1, 1, 1, true, [1, 2]]);
});

test('a slip of units concerns one figure of one board, and never the amount', () => {
  const faults: DataFault[] = [{ kind: 'scale', field: 'volume', factor: 100, board: 'star' }];
  expect([volumeFactor(faults, '688001.SH'), volumeFactor(faults, '600000.SH')]).toEqual([100, 1]);
  expect([priceFactor(faults, '688001.SH', DAY), amountFactor(faults, DAY)]).toEqual([1, 1]);
  const prices: DataFault[] = [{ kind: 'scale', field: 'price', factor: 0.01 }];
  expect([priceFactor(prices, '920001.BJ', DAY), volumeFactor(prices, '920001.BJ')]).toEqual([0.01, 1]);
});

test('a correction moves prices and amounts of its day alike', () => {
  const faults: DataFault[] = [{ kind: 'changed_history', day: DAY, factor: 1.01 }];
  expect([priceFactor(faults, '600000.SH', DAY), amountFactor(faults, DAY)]).toEqual([1.01, 1.01]);
  expect([priceFactor(faults, '600000.SH', '2024-01-03'), amountFactor(faults, '2024-01-03')]).toEqual([
    1, 1,
  ]);
});

test('half a day lacks about that share of the symbols, always the same ones', () => {
  const symbols = Array.from({ length: 1000 }, (_, index) => `${String(600000 + index)}.SH`);
  const faults: DataFault[] = [{ kind: 'half_day', share: 0.5, day: DAY }];
  const there = symbols.filter((symbol) => hasRow(faults, symbol, DAY));
  expect(there.length).toBeGreaterThan(420);
  expect(there.length).toBeLessThan(580);
  expect(symbols.filter((symbol) => hasRow(faults, symbol, DAY))).toEqual(there);
  expect(symbols.every((symbol) => hasRow(faults, symbol, '2024-01-03'))).toBe(true);
  expect(symbols.some((symbol) => hasRow([{ kind: 'half_day', share: 0 }], symbol, DAY))).toBe(false);
});

test('a late factor leaves its step out and keeps the others', () => {
  const steps = {
    days: ['2024-01-02', '2024-06-14', '2024-12-20'].map(plainDay),
    texts: ['1', '1.1', '1.2'],
  };
  expect(publishedSteps([{ kind: 'late_factor', day: '2024-06-14' }], steps)).toEqual({
    days: ['2024-01-02', '2024-12-20'],
    texts: ['1', '1.2'],
  });
  expect(publishedSteps([{ kind: 'late_factor', day: '2024-06-15' }], steps)).toBe(steps);
});

test('moved pages have a row twice and lack another', () => {
  const rows = [1, 2, 3, 4, 5];
  const faults: DataFault[] = [{ kind: 'moved_pages' }];
  const pages = [0, 2, 4].flatMap((offset) => movedRows(faults, rows, offset).slice(offset, offset + 2));
  expect(pages).toEqual([1, 2, 4, 5, 1]);
});

test('scales a decimal text without digits that are not its own', () => {
  expect([
    scaledText('12.34', 100),
    scaledText('12.34', 0.01),
    scaledText('12.34', 1),
    scaledText('', 100),
  ]).toEqual(['1234.00', '0.1234', '12.34', '']);
});

test('a script gives all faults of the data that strike a call, until they are spent', () => {
  const match = { protocol: 'baostock' } as const;
  const late: DataFault = { kind: 'late_factor', day: '2024-06-14' };
  const scale: DataFault = { kind: 'scale', field: 'price', factor: 100 };
  const faults = makeFaultScript(
    [
      { match, fault: late, times: 1 },
      { match: { ...match, after: 1 }, fault: scale },
    ],
    seededRandom(1),
  );
  const call = { ...match, api: 'query_history_k_data_plus', symbols: [], day: undefined };
  expect([faults.plan(call).data, faults.plan(call).data]).toEqual([[late], [scale]]);
});
