import { describe, expect, it, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import { plainDay, shanghaiInstant } from '../day.ts';
import { checkTarget, DEFAULT_TARGETS, errorBudget, targetDue, type TargetDay } from './freshnessTarget.ts';

const calendar = builtinCalendar();
const due = (day: string): TargetDay['dueAt'] => shanghaiInstant(plainDay(day), 18 * 60);
const day = (name: string, lateMinutes: number | null): TargetDay => ({
  day: plainDay(name),
  dueAt: due(name),
  metAt: lateMinutes === null ? null : due(name) + lateMinutes * 60_000,
});

describe('a freshness target', () => {
  test.each([
    ['close(XSHG)+3h', 18 * 60],
    ['open(XSHG)+30m', 10 * 60],
    ['close(XSHG)+18h', 33 * 60],
  ])('of %s is due so many minutes after midnight: %i', (rule, minutes) => {
    const of = plainDay('2024-01-31');
    expect(targetDue(rule, of)).toBe(shanghaiInstant(of, minutes));
  });

  it('is one moment of each trading day, of a data set that has them, and for a part of its cells', () => {
    const good = DEFAULT_TARGETS[0]!;
    expect(checkTarget({ ...good, due: 'CLOSE + 240m' }).due).toBe('close(XSHG)+4h');
    for (const bad of [
      { ...good, due: 'every 5m in session' },
      { ...good, due: 'close(XSHG) on last trading day of month' },
      { ...good, share: 0 },
      { ...good, objective: 1.01 },
      { ...good, dataset: 'news' as const },
    ])
      expect(() => checkTarget(bad)).toThrow(expect.objectContaining({ code: 'bad_target' }));
  });

  it('by default is one that can be kept', () => {
    for (const target of DEFAULT_TARGETS) expect(checkTarget(target)).toEqual(target);
  });
});

describe('an error budget', () => {
  const budget = (days: readonly TargetDay[], now = due('2024-01-31')) =>
    errorBudget({ calendar, month: '2024-01', objective: 0.95, days, now });

  it('counts what was met late, or never, as missed', () => {
    const days = [day('2024-01-02', -5), day('2024-01-03', 0), day('2024-01-04', 1), day('2024-01-05', null)];
    expect(budget(days)).toEqual({
      month: '2024-01',
      days: 22,
      met: 2,
      missed: 2,
      allowed: 1,
      attained: 0.5,
    });
  });

  it('counts a day that is not due yet only once it is met', () => {
    const now = due('2024-01-05') - 1;
    expect(budget([day('2024-01-05', null)], now)).toMatchObject({ met: 0, missed: 0, attained: null });
    expect(budget([day('2024-01-05', -5)], now)).toMatchObject({ met: 1, missed: 0, attained: 1 });
  });

  it('is of one month, however many days it has', () => {
    const february = errorBudget({ calendar, month: '2024-02', objective: 0.5, days: [], now: 0 });
    expect(february).toMatchObject({ days: 15, allowed: 7 });
    expect(budget([day('2024-02-01', null)])).toMatchObject({ missed: 0 });
  });
});
