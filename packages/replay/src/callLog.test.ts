import { expect, test } from 'vitest';
import { type Call, makeCallLog } from './callLog.ts';

test('keeps the last calls in order and counts all of them', () => {
  const log = makeCallLog(3);
  const call = (at: number): Call => ({ protocol: 'tushare', api: 'daily', at, params: {} });
  const ats = (): number[] => log.last().map(({ at }) => at);
  log.add(call(1));
  expect(ats()).toEqual([1]);
  for (const at of [2, 3, 4, 5]) log.add(call(at));
  expect(ats()).toEqual([3, 4, 5]);
  log.add(call(6));
  expect(ats()).toEqual([4, 5, 6]);
  expect(log.counts()).toEqual({ 'tushare.daily': 6 });
});
