import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOverlap, MOST_WAITING, type OpenWork } from './decideOverlap.ts';
import { OVERLAP_POLICIES } from './trigger.ts';

const FREE: OpenWork = { openRuns: [], mostRuns: 1, fullGroup: null };
const BUSY: OpenWork = { ...FREE, openRuns: [7] };
const FULL: OpenWork = { ...FREE, fullGroup: { group: 'tushare', runIds: [3, 4] } };

describe('an overlap policy', () => {
  it('lets a job run whatever it says, while job and group are free', () => {
    for (const policy of OVERLAP_POLICIES) {
      expect(decideOverlap(policy, FREE)).toEqual({ kind: 'run' });
      expect(decideOverlap(policy, { ...BUSY, mostRuns: 2 })).toEqual({ kind: 'run' });
    }
  });

  it.each(['skip', 'reject'] as const)('%s refuses, and names what is in the way', (policy) => {
    expect(decideOverlap(policy, BUSY)).toEqual({
      kind: 'refuse',
      reason: 'job_busy',
      blocker: { runIds: [7], group: null },
    });
    expect(decideOverlap(policy, FULL)).toEqual({
      kind: 'refuse',
      reason: 'group_busy',
      blocker: { runIds: [3, 4], group: 'tushare' },
    });
  });

  it('queue waits for job and group', () => {
    expect(decideOverlap('queue', BUSY)).toEqual({ kind: 'wait' });
    expect(decideOverlap('queue', FULL)).toEqual({ kind: 'wait' });
  });

  it('replace stops runs of the job, but only waits for those of others', () => {
    expect(decideOverlap('replace', { ...FULL, openRuns: [4] })).toEqual({ kind: 'replace', runIds: [4] });
    expect(decideOverlap('replace', FULL)).toEqual({ kind: 'wait' });
  });

  it('names no more than the oldest runs that stand in the way', () => {
    const openRuns = Array.from({ length: 30 }, (_, place) => place + 1);
    const overlap = decideOverlap('skip', { openRuns, mostRuns: 1, fullGroup: null });
    expect(overlap).toMatchObject({ blocker: { runIds: openRuns.slice(0, 20) } });
  });

  it('never lets more runs wait than there may', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OVERLAP_POLICIES),
        fc.nat({ max: 2 * MOST_WAITING }),
        fc.integer({ min: 1, max: 3 }),
        (policy, open, mostRuns) => {
          const openRuns = Array.from({ length: open }, (_, place) => place + 1);
          const { kind } = decideOverlap(policy, { openRuns, mostRuns, fullGroup: null });
          if (open >= mostRuns + MOST_WAITING) expect(kind).toBe('refuse');
        },
      ),
    );
  });
});
