import { plainDay } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import {
  chainFactors,
  type FactorBar,
  type FactorSteps,
  factorOn,
  readFactorChanges,
} from './factorSteps.ts';

const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'].map(plainDay);

/** Closes with the reference prices of the days; an ex-date is where the two differ. */
function bars(...prices: readonly (readonly [close: number, preClose: number])[]): FactorBar[] {
  return prices.map(([close, preClose], index) => ({ day: days[index]!, close, preClose }));
}

function steps(...entries: readonly (readonly [day: string, text: string])[]): FactorSteps {
  return { days: entries.map(([day]) => plainDay(day)), texts: entries.map(([, text]) => text) };
}

const halved = bars([10, 9.9], [11, 10], [6, 5.5], [6, 6], [4, 3]);

test('derives factors from reference prices, with 1 at the first bar', () => {
  expect(chainFactors(halved, undefined)).toEqual(
    steps(['2024-01-02', '1'], ['2024-01-04', '2'], ['2024-01-08', '4']),
  );
});

test('rounds derived factors to six decimals', () => {
  expect(chainFactors(bars([10, 10], [9, 9.3]), undefined).texts).toEqual(['1', '1.075269']);
});

test('keeps known factors as they are and goes on from them in both directions', () => {
  const known = steps(['2024-01-04', '116.7130'], ['2024-01-05', '116.7130']);
  expect(chainFactors(halved, known)).toEqual(
    steps(['2024-01-02', '58.3565'], ['2024-01-04', '116.7130'], ['2024-01-08', '233.426']),
  );
});

test('within the known stretch reference prices change nothing', () => {
  const known = steps(['2024-01-02', '3'], ['2024-01-05', '3.1'], ['2024-01-08', '3.1']);
  expect(chainFactors(halved, known)).toEqual(steps(['2024-01-02', '3'], ['2024-01-05', '3.1']));
});

test('an ex-date on the first known day counts for the days before it', () => {
  expect(chainFactors(halved, steps(['2024-01-04', '8'], ['2024-01-08', '8'])).texts).toEqual(['4', '8']);
});

test('a reference price that is missing is no ex-date', () => {
  expect(chainFactors(bars([10, 10], [11, 0], [12, Number.NaN]), undefined).texts).toEqual(['1']);
});

test('a factor holds until the next one', () => {
  const series = steps(['2024-01-03', '1'], ['2024-01-05', '2']);
  expect(days.map((day) => factorOn(series, day))).toEqual([undefined, '1', '1', '2', '2']);
});

test('reads a file of changes in any order and refuses damage', () => {
  const changes = new Map<string, FactorSteps>();
  readFactorChanges('ts_code,effective_date,adj_factor\n1.SZ,20240105,2.50\n1.SZ,20240103,2\n', changes);
  expect(changes.get('1.SZ')).toEqual(steps(['2024-01-03', '2'], ['2024-01-05', '2.50']));
  expect(() => readFactorChanges('ts_code,effective_date,adj_factor\n1.SZ,20240105,x\n', changes)).toThrow(
    'line 2',
  );
  expect(() => readFactorChanges('a,b\n', changes)).toThrow('its columns are not');
});
