import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { LOG_STATUSES } from '../../ports/logTableStore.ts';
import { RUN_MACHINE, type RunState } from '@tapekeeper/core';
import { statesOf, statusOfState, statusOfWord } from './logWords.ts';
import { DEEPEST, skipOf } from './pageDepth.ts';
import { newestRuns, runsOfPage } from './symbolLog.ts';

const runs = fc
  .array(fc.integer({ min: 1, max: 7 }), { maxLength: 30 })
  .map((lines) => lines.map((count, at) => ({ id: 1000 - at, lines: count })));

describe('a page of lines', () => {
  it('has just the lines that a list of all of them would have there', () => {
    const linesOf = (all: readonly { readonly id: number; readonly lines: number }[]): string[] =>
      all.flatMap(({ id, lines }) => Array.from({ length: lines }, (_, place) => `${id}/${place}`));
    fc.assert(
      fc.property(runs, fc.nat(100), fc.integer({ min: 1, max: 20 }), (all, skip, limit) => {
        const part = runsOfPage(all, skip, limit);
        const of = all.filter(({ id }) => part.runIds.includes(id));
        expect(linesOf(of).slice(part.skip, part.skip + limit)).toEqual(
          linesOf(all).slice(skip, skip + limit),
        );
        expect(part.runIds.length).toBeLessThanOrEqual(limit + 1);
      }),
    );
  });

  it('of the newest runs has no more lines than allowed, and one run at least', () => {
    const three = [
      { id: 3, lines: 5 },
      { id: 2, lines: 5 },
      { id: 1, lines: 5 },
    ];
    expect(newestRuns(three, 10)).toEqual([3, 2]);
    expect(newestRuns(three, 4)).toEqual([3]);
    expect(newestRuns(three, 15)).toEqual([3, 2, 1]);
    expect(newestRuns([], 15)).toEqual([]);
  });

  it('is refused where it is too deep, and empty where it is behind the last one', () => {
    expect(skipOf({ page: 3, size: 20 }, 100)).toBe(40);
    expect(skipOf({ page: 9, size: 20 }, 100)).toBe(100);
    expect(skipOf({ page: DEEPEST / 20 + 1, size: 20 }, 1_000_000)).toBe(DEEPEST);
    expect(() => skipOf({ page: DEEPEST / 20 + 2, size: 20 }, 1_000_000)).toThrow(/no deeper than 100000/);
    expect(skipOf({ page: Number.MAX_SAFE_INTEGER, size: 100 }, 1_000)).toBe(1_000);
  });
});

describe('words of a log', () => {
  test.each(LOG_STATUSES)('%s stands for itself', (status) => {
    expect(statusOfWord(` ${status.toUpperCase()} `)).toBe(status);
    for (const state of statesOf(status)) expect(statusOfState(state)).toBe(status);
  });

  it('cover every state of a run once', () => {
    expect(statesOf(null).toSorted()).toEqual((Object.keys(RUN_MACHINE.next) as RunState[]).toSorted());
  });

  it('are none where nobody uses them so', () => {
    for (const word of ['', 'nonsense', '__proto__', '%']) expect(statusOfWord(word)).toBeUndefined();
  });
});
