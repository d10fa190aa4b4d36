import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import type { CallFacts, Fault, FaultMatch } from './fault.ts';
import { type FaultPlan, type FaultScript, makeFaultScript } from './faultScript.ts';

const call: CallFacts = { protocol: 'tushare', api: 'daily', symbols: ['600000.SH'], day: '2024-01-02' };
const empty: Fault = { kind: 'empty' };

function script(match: Omit<FaultMatch, 'protocol'>, fault: Fault = empty, times?: number): FaultScript {
  const rule = {
    match: { protocol: 'tushare' as const, ...match },
    fault,
    ...(times !== undefined && { times }),
  };
  return makeFaultScript([rule], seededRandom(7));
}

/** Which of so many calls are struck, counted from 1. */
function struck(
  faults: FaultScript,
  calls: number,
  pick = (plan: FaultPlan): boolean => plan.empty,
): number[] {
  return Array.from({ length: calls }, (_, index) => index + 1).filter(() => pick(faults.plan(call)));
}

test('strikes the n-th call, each n-th call, or those after the first n', () => {
  expect(struck(script({ nth: 2 }), 6)).toEqual([2]);
  expect(struck(script({ every: 2 }), 6)).toEqual([2, 4, 6]);
  expect(struck(script({ after: 4 }), 6)).toEqual([5, 6]);
  expect(struck(script({}), 3)).toEqual([1, 2, 3]);
});

test('is spent after so many strikes', () => {
  expect(struck(script({ every: 2 }, empty, 2), 8)).toEqual([2, 4]);
});

test('counts only the calls that match', () => {
  const faults = script({ api: 'daily', symbol: '600000.SH', day: '2024-01-02', nth: 2 });
  faults.plan({ ...call, api: 'adj_factor' });
  faults.plan({ ...call, symbols: ['000001.SZ'] });
  faults.plan({ ...call, day: undefined });
  faults.plan({ ...call, protocol: 'baostock' });
  expect(struck(faults, 3)).toEqual([2]);
});

test('draws chances from the seed, the same for the same seed', () => {
  const first = struck(script({ chance: 0.3 }), 200);
  expect(first).toEqual(struck(script({ chance: 0.3 }), 200));
  expect(first.length).toBeGreaterThan(30);
  expect(first.length).toBeLessThan(90);
  expect(struck(script({ chance: 0 }), 50)).toEqual([]);
});

test('adds up delays and takes the first of two faults of one sort', () => {
  const match = { protocol: 'tushare' } as const;
  const faults = makeFaultScript(
    [
      { match, fault: { kind: 'delay', ms: 5 } },
      { match, fault: { kind: 'reset' } },
      { match, fault: { kind: 'silence' } },
      { match, fault: { kind: 'delay', ms: 7 } },
      { match, fault: { kind: 'page_cap', rows: 3 } },
    ],
    seededRandom(1),
  );
  expect(faults.plan(call)).toMatchObject({ delayMs: 12, wire: { kind: 'reset' }, pageCap: 3, empty: false });
});

test('a ban shuts out every interface of the protocol, and no other protocol', () => {
  const faults = script({ api: 'daily' }, { kind: 'ban', afterCalls: 2 });
  const banned = (plan: FaultPlan): boolean => plan.banned;
  expect(faults.plan({ ...call, api: 'adj_factor' }).banned).toBe(false);
  expect(struck(faults, 4, banned)).toEqual([3, 4]);
  expect(faults.plan({ ...call, api: 'adj_factor' }).banned).toBe(true);
  expect(faults.plan({ ...call, protocol: 'baostock' }).banned).toBe(false);
  faults.clear();
  expect(faults.plan(call).banned).toBe(false);
});

test('a ban with a number of times is lifted after so many refusals', () => {
  const faults = script({}, { kind: 'ban', afterCalls: 1 }, 2);
  expect(struck(faults, 6, (plan) => plan.banned)).toEqual([2, 3]);
});
