import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  afterBan,
  afterTrouble,
  banPauseMs,
  breakerState,
  CLOSED_BREAKER,
  passBreaker,
  PROBE_LEASE_MS,
  troublePauseMs,
  type Breaker,
} from './breaker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const trouble = { reason: 'no answer', threshold: 3, firstPauseMs: MINUTE };
const openUntil = (breaker: Breaker): number => breaker.openUntil ?? 0;

describe('pauses', () => {
  it('of a ban climb from half an hour to two and to twelve', () => {
    expect([0, 1, 2, 3, 9].map((openings) => banPauseMs(HOUR / 2, openings) / HOUR)).toEqual([
      0.5, 2, 12, 12, 12,
    ]);
  });

  it('of a ban begin where the host asks for more, and double once where that is beyond the ladder', () => {
    expect([0, 1, 2].map((openings) => banPauseMs(6 * HOUR, openings) / HOUR)).toEqual([6, 12, 12]);
    expect([0, 1, 2].map((openings) => banPauseMs(24 * HOUR, openings) / HOUR)).toEqual([24, 48, 48]);
  });

  it('of other trouble double up to an hour', () => {
    expect([0, 1, 5, 6, 60].map((openings) => troublePauseMs(MINUTE, openings) / MINUTE)).toEqual([
      1, 2, 32, 60, 60,
    ]);
  });
});

describe('a breaker', () => {
  it('opens at the threshold, and an answer before it begins the count anew', () => {
    let breaker = CLOSED_BREAKER;
    for (const _ of [1, 2]) breaker = afterTrouble(breaker, 0, trouble);
    expect(breakerState(breaker, 0)).toBe('closed');
    breaker = afterAnswer(breaker, 0);
    for (const _ of [1, 2, 3]) breaker = afterTrouble(breaker, 0, trouble);
    expect(passBreaker(breaker, 0)).toEqual({ kind: 'open', until: MINUTE });
    expect(breaker.reason).toBe('no answer');
  });

  it('lets one caller try after the pause, and gives the permit on when that one stays silent', () => {
    const open = afterBan(CLOSED_BREAKER, 0, 'banned', HOUR / 2);
    const first = passBreaker(open, HOUR / 2);
    if (first.kind !== 'probe') throw new Error(`${first.kind} is no probe`);
    expect(passBreaker(first.breaker, HOUR / 2 + 10)).toEqual({ kind: 'wait', waitMs: 1000 });
    expect(passBreaker(first.breaker, HOUR / 2 + PROBE_LEASE_MS - 5)).toEqual({ kind: 'wait', waitMs: 5 });
    expect(passBreaker(first.breaker, HOUR / 2 + PROBE_LEASE_MS).kind).toBe('probe');
  });

  it('closes with the answer of the probe, and opens for longer with its failure', () => {
    const open = afterBan(CLOSED_BREAKER, 0, 'banned', HOUR / 2);
    expect(afterAnswer(open, HOUR / 2)).toEqual(CLOSED_BREAKER);
    const again = afterBan(open, HOUR / 2, 'banned', HOUR / 2);
    expect(openUntil(again) - HOUR / 2).toBe(2 * HOUR);
  });

  it('takes a closed connection for the ban going on, while it is one', () => {
    const open = afterBan(CLOSED_BREAKER, 0, 'banned', HOUR / 2);
    const again = afterTrouble(open, HOUR / 2, trouble);
    expect(openUntil(again) - HOUR / 2).toBe(2 * HOUR);
    expect(afterAnswer(again, openUntil(again))).toEqual(CLOSED_BREAKER);
  });

  it('stays as it is for calls that were on their way when it opened', () => {
    const open = afterBan(CLOSED_BREAKER, 0, 'banned', HOUR / 2);
    expect(afterBan(open, 1, 'banned', HOUR / 2)).toBe(open);
    expect(afterTrouble(open, 1, trouble)).toBe(open);
    expect(afterAnswer(open, 1)).toBe(open);
  });

  it('that is open for other trouble is held for the whole of a ban', () => {
    let breaker = CLOSED_BREAKER;
    for (const _ of [1, 2, 3]) breaker = afterTrouble(breaker, 0, trouble);
    breaker = afterBan(breaker, 5, 'banned', HOUR / 2);
    expect(openUntil(breaker)).toBe(5 + HOUR / 2);
    breaker = afterBan(breaker, openUntil(breaker), 'banned', HOUR / 2);
    expect(openUntil(breaker)).toBe(5 + HOUR / 2 + 2 * HOUR);
  });

  it('never lets two callers through while it is not closed, whatever happens', () => {
    const steps = fc.array(
      fc.record({
        ms: fc.integer({ min: 0, max: 3 * HOUR }),
        does: fc.constantFrom('ask', 'answer', 'trouble', 'ban'),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        let breaker = CLOSED_BREAKER;
        let now = 0;
        let probedAt = -Infinity;
        for (const { ms, does } of given) {
          now += ms;
          if (does === 'answer') breaker = afterAnswer(breaker, now);
          if (does === 'trouble') breaker = afterTrouble(breaker, now, trouble);
          if (does === 'ban') breaker = afterBan(breaker, now, 'banned', HOUR / 2);
          if (does !== 'ask') {
            probedAt = -Infinity;
            continue;
          }
          const state = breakerState(breaker, now);
          const passage = passBreaker(breaker, now);
          expect(passage.kind === 'closed').toBe(state === 'closed');
          expect(passage.kind === 'open').toBe(state === 'open');
          if (passage.kind !== 'probe') continue;
          expect(now - probedAt).toBeGreaterThanOrEqual(PROBE_LEASE_MS);
          probedAt = now;
          breaker = passage.breaker;
        }
      }),
    );
  });
});
