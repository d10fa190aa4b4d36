import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { etaRange, overallProgress, stepFraction, type Pace } from './progress.ts';

describe('the progress of steps', () => {
  it('weighs each step, and takes what is counted as a part of it', () => {
    const steps = [
      { state: 'done', weight: 1, done: 0, total: 0 },
      { state: 'running', weight: 2, done: 30, total: 60 },
      { state: 'pending', weight: 1, done: 0, total: 0 },
    ] as const;
    expect(overallProgress(steps)).toBe(0.5);
    expect(overallProgress([])).toBe(0);
  });

  it('counts no more than the whole, and nothing of what cannot be counted', () => {
    expect(stepFraction({ state: 'running', done: 9, total: 3 })).toBe(1);
    expect(stepFraction({ state: 'running', done: 9, total: 0 })).toBe(0);
    expect(stepFraction({ state: 'failed', done: 1, total: 4 })).toBe(0.25);
    expect(stepFraction({ state: 'skipped', done: 0, total: 4 })).toBe(1);
  });
});

describe('the time left', () => {
  const pace = (rest: Partial<Pace> = {}): Pace => ({
    done: 50,
    total: 200,
    pieces: 0,
    elapsedMs: 10_000,
    recent: null,
    ...rest,
  });

  it('is that of the whole time where nobody has counted the last minutes', () => {
    expect(etaRange(pace())?.likelyMs).toBeCloseTo(30_000);
  });

  it('leans to the speed of the last minutes, and spans both', () => {
    const eta = etaRange(pace({ recent: { done: 10, ms: 10_000 } }));
    expect(eta?.likelyMs).toBeCloseTo(150 * (0.7 * 1000 + 0.3 * 200));
    expect(eta?.lowMs).toBeLessThan(150 * 200);
    expect(eta?.highMs).toBeGreaterThan(150 * 1000);
  });

  it('grows, and is still a number, when nothing was done lately', () => {
    const eta = etaRange(pace({ recent: { done: 0, ms: 120_000 } }));
    expect(eta?.likelyMs).toBeGreaterThan(etaRange(pace())?.likelyMs ?? 0);
    expect(Number.isFinite(eta?.highMs)).toBe(true);
  });

  it('is not told before a twentieth or twenty pieces are done', () => {
    expect(etaRange(pace({ done: 9 }))).toBeNull();
    expect(etaRange(pace({ done: 10 }))).not.toBeNull();
    expect(etaRange(pace({ done: 1, pieces: 20 }))).not.toBeNull();
    expect(etaRange(pace({ done: 0, pieces: 20 }))).toBeNull();
    expect(etaRange(pace({ total: 0 }))).toBeNull();
  });

  it('always lies within its range, which is narrower the more is done', () => {
    const natural = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        natural,
        natural,
        natural,
        fc.option(fc.record({ done: natural, ms: natural }), { nil: null }),
        (done, total, elapsedMs, recent) => {
          const eta = etaRange({ done, total, pieces: done, elapsedMs, recent });
          if (eta === null) return;
          expect(eta.lowMs).toBeGreaterThanOrEqual(0);
          expect(eta.likelyMs).toBeGreaterThanOrEqual(eta.lowMs - 1e-6);
          expect(eta.likelyMs).toBeLessThanOrEqual(eta.highMs + 1e-6);
        },
      ),
    );
    const width = (done: number): number => {
      const eta = etaRange(pace({ done, elapsedMs: done * 100 }));
      return ((eta?.highMs ?? 0) - (eta?.lowMs ?? 0)) / (eta?.likelyMs ?? 1);
    };
    expect(width(20)).toBeGreaterThan(width(190));
  });
});
