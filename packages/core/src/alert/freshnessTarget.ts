import type { Calendar } from '../calendar/calendar.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import { cellsOf } from '../dataset/catalogue.ts';
import { addDays, shanghaiInstant, type Instant, type PlainDay } from '../day.ts';
import { AppError } from '../error/appError.ts';
import { parseSessionRule, printSessionRule } from '../trigger/sessionRule.ts';

/** By when each trading day of a data set has to be complete, and how often that may fail. */
export interface FreshnessTarget {
  readonly dataset: DatasetId;
  /** A moment of the trading day: `close(XSHG)+4h`. */
  readonly due: string;
  /** The part of the expected cells that has to be accounted for, above 0 and up to 1. */
  readonly share: number;
  /** The part of the days of a month on which it has to be met, above 0 and up to 1. */
  readonly objective: number;
}

/** What is aimed at where nobody has said otherwise and enabled jobs collect the data set. */
export const DEFAULT_TARGETS: readonly FreshnessTarget[] = [
  { dataset: 'daily_bars', due: 'close(XSHG)+4h', share: 0.99, objective: 0.95 },
  { dataset: 'daily_basics', due: 'close(XSHG)+5h', share: 0.99, objective: 0.95 },
  // factors are often published hours after the bars
  { dataset: 'adj_factors', due: 'close(XSHG)+8h', share: 0.99, objective: 0.95 },
];

const OPEN_MINUTES = 9 * 60 + 30;
const CLOSE_MINUTES = 15 * 60;

/**
 * When a trading day has to be complete. Raises `bad_session_rule`, or `bad_target` for a rule without one moment
 * for every trading day.
 * @example targetDue('close(XSHG)+3h', plainDay('2024-01-31')) // 18:00 in Shanghai
 */
export function targetDue(due: string, day: PlainDay): Instant {
  const rule = parseSessionRule(due);
  if (rule.kind !== 'edge' || rule.days !== null)
    throw new AppError('bad_target', { problem: `"${due}" has to be one moment of each trading day.` });
  return (
    shanghaiInstant(day, rule.edge === 'open' ? OPEN_MINUTES : CLOSE_MINUTES) + rule.offsetSeconds * 1000
  );
}

/** The target as it is kept. Raises `bad_target`, `bad_session_rule`. */
export function checkTarget(target: FreshnessTarget): FreshnessTarget {
  const cells = cellsOf(target.dataset);
  if (cells?.scale !== 'trading_days')
    throw new AppError('bad_target', { problem: `${target.dataset} is not counted by trading days.` });
  for (const [name, value] of [
    ['share', target.share],
    ['objective', target.objective],
  ] as const) {
    if (!(value > 0 && value <= 1))
      throw new AppError('bad_target', { problem: `${name} has to be above 0 and at most 1.` });
  }
  targetDue(target.due, '2024-01-31' as PlainDay);
  return { ...target, due: printSessionRule(parseSessionRule(target.due)) };
}

/** A day of a target that has come due or was met before. */
export interface TargetDay {
  readonly day: PlainDay;
  readonly dueAt: Instant;
  readonly metAt: Instant | null;
}

/** How much of a month's failures is used up. */
export interface ErrorBudget {
  readonly month: string;
  /** Trading days of the month. */
  readonly days: number;
  readonly met: number;
  readonly missed: number;
  /** Days that may be missed under the objective, rounded down. */
  readonly allowed: number;
  /** Part of the days due so far that were met; null before the first. */
  readonly attained: number | null;
}

/**
 * The error budget of a month as of a time: what was met late counts as missed.
 * @example errorBudget({ calendar, month: '2024-01', objective: 0.95, days, now }).allowed // 1
 */
export function errorBudget(input: {
  readonly calendar: Calendar;
  readonly month: string;
  readonly objective: number;
  readonly days: readonly TargetDay[];
  readonly now: Instant;
}): ErrorBudget {
  const { calendar, month, objective, now } = input;
  const first = `${month}-01` as PlainDay;
  const all = calendar.tradingDays(first, addDays(first, 30)).filter((day) => day.startsWith(month)).length;
  const ofMonth = input.days.filter(({ day }) => day.startsWith(month));
  const met = ofMonth.filter(({ metAt, dueAt }) => metAt !== null && metAt <= dueAt).length;
  const missed = ofMonth.filter(
    ({ metAt, dueAt }) => dueAt <= now && (metAt === null || metAt > dueAt),
  ).length;
  return {
    month,
    days: all,
    met,
    missed,
    // a hundredth of a day is no day: 0.95 of 20 days leaves one, whatever the float says
    allowed: Math.floor(all * (1 - objective) + 1e-9),
    attained: met + missed === 0 ? null : met / (met + missed),
  };
}
