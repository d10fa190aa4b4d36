import { plainDay, shanghaiInstant, symbolOf } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWorld } from '../openWorld.ts';
import { rowOn } from '../barTable.ts';
import { sampleFolder } from '../sampleFolder.ts';
import type { MinuteBar } from '../facts.ts';
import type { DayBar } from './market.ts';
import { splitBar } from './minuteBars.ts';

const DAY = plainDay('2024-01-31');
const SYMBOL = symbolOf('600000.SH');

/** Any traded day: prices in cents or hundredths of them, a few shares or billions. */
const dayBars: fc.Arbitrary<DayBar> = fc
  .record({
    prices: fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 4, maxLength: 4 }),
    units: fc.constantFrom(100, 10_000),
    volume: fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 4_000_000_000 })),
  })
  .map(({ prices, units, volume }) => {
    const [low, one, other, high] = prices.toSorted((a, b) => a - b).map((price) => price / units) as [
      number,
      number,
      number,
      number,
    ];
    const amount = Math.round(((low + high) / 2) * volume * 100) / 100;
    return {
      day: DAY,
      open: one,
      high,
      low,
      close: other,
      preClose: one,
      volume,
      amount,
      turnoverRate: 0,
      traded: true,
      isSt: undefined,
    };
  });

const cents = (bars: readonly MinuteBar[]): number =>
  bars.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0);
const shares = (bars: readonly MinuteBar[]): number => bars.reduce((sum, { volume }) => sum + volume, 0);

test('bars of five minutes open, reach, close and sum up to the bar of the day', () => {
  fc.assert(
    fc.property(dayBars, fc.nat(), (bar, seed) => {
      const bars = splitBar(seed, SYMBOL, bar);
      expect(bars).toHaveLength(48);
      expect([bars[0]!.open, bars.at(-1)!.close]).toEqual([bar.open, bar.close]);
      expect(Math.max(...bars.map(({ high }) => high))).toBe(bar.high);
      expect(Math.min(...bars.map(({ low }) => low))).toBe(bar.low);
      expect(shares(bars)).toBe(bar.volume);
      expect(cents(bars)).toBe(Math.round(bar.amount * 100));
    }),
  );
});

test('each of them is in order, in whole lots but for the last, and never negative', () => {
  fc.assert(
    fc.property(dayBars, fc.nat(), (bar, seed) => {
      for (const [index, each] of splitBar(seed, SYMBOL, bar).entries()) {
        expect(each.high).toBeGreaterThanOrEqual(Math.max(each.open, each.close));
        expect(each.low).toBeLessThanOrEqual(Math.min(each.open, each.close));
        if (index < 47) expect(each.volume % 100).toBe(0);
        expect(each.volume).toBeGreaterThanOrEqual(0);
        expect(each.amount).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('they end on the marks of the session, morning and afternoon', () => {
  const bar = fc.sample(dayBars, { numRuns: 1, seed: 1 })[0]!;
  const minutes = splitBar(1, SYMBOL, bar).map(({ at }) => (at - shanghaiInstant(DAY, 0)) / 60_000);
  expect([minutes[0], minutes[23], minutes[24], minutes[47]]).toEqual([575, 690, 785, 900]);
  expect(new Set(minutes).size).toBe(48);
});

test('bars of the sample add up to the digits of its files', async () => {
  const world = await openWorld(sampleFolder());
  const { table } = world.baostock;
  const at = ['open', 'high', 'low', 'close', 'volume', 'amount'].map((name) => table.columns.indexOf(name));
  for (let row = 0; row < table.rowCount; row += 97) {
    const symbol = symbolOf(table.symbols[table.rowSymbol[row]!]!);
    const day = table.days[table.rowDay[row]!]!;
    expect(rowOn(table, symbol, day)).toBe(row);
    const bars = world.facts.minuteBars(symbol, day);
    const [open, high, low, close, volume, amount] = at.map((index) => Number(table.cells(row)[index]));
    if (table.suspended[row] === 1) expect(bars).toEqual([]);
    else {
      expect([bars[0]!.open, bars.at(-1)!.close]).toEqual([open, close]);
      expect(Math.max(...bars.map((bar) => bar.high))).toBe(high);
      expect(Math.min(...bars.map((bar) => bar.low))).toBe(low);
      expect([shares(bars), cents(bars)]).toEqual([volume, Math.round(amount! * 100)]);
    }
  }
});
