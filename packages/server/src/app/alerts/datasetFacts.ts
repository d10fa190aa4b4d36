import {
  Bitmap,
  DATASETS,
  lastFinalDay,
  ruleFor,
  shanghaiDay,
  summariseCoverage,
  targetDue,
  type AlertRule,
  type Calendar,
  type DatasetFacts,
  type DatasetId,
  type Instant,
  type PlainDay,
} from '@tapekeeper/core';
import type { FreshnessDay } from '../../ports/alertStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadMarket, type Market } from '../market.ts';
import type { ActiveTarget } from './collectedDatasets.ts';

/** What is counted of a data set; the rest of its facts is read anew at each look. */
export type CountedFacts = Pick<DatasetFacts, 'cells' | 'behind' | 'rows' | 'waiting'> & {
  /** When the next day comes due; what was counted before it holds no longer. */
  readonly nextDueAt: Instant | null;
};

/** Trading days that are counted at most, and how many of the newest a target goes on waiting for. */
const MOST_DAYS = 30;
const WAITED_DAYS = 5;
/** Symbols of which the gaps are told. */
const TOP = 20;

/**
 * How complete the last days of a data set are, and which days its target waits for. Days that are met are noted on
 * the way, as of when their last answer was committed.
 */
export async function countDataset(
  deps: Pick<AppDeps, 'store'>,
  dataset: DatasetId,
  target: ActiveTarget | undefined,
  rules: readonly AlertRule[],
  time: { readonly now: Instant; readonly marketAt: Instant },
): Promise<CountedFacts> {
  const market = await loadMarket(deps, dataset);
  const { calendar } = market;
  const today = shanghaiDay(time.marketAt);
  const lastFinal = lastFinalDay(calendar, DATASETS[dataset].finality, time.marketAt);
  const days = lastDays(calendar, today, MOST_DAYS);
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return NOTHING;
  const sums = await countDays(deps, market, dataset, days);
  const waited = target === undefined ? [] : await judgeDays(deps, target, calendar, sums, today, time);
  const waiting = waited.filter(({ isMet }) => !isMet);
  const awaited = new Set(waiting.map(({ day }) => day));
  const span = await deps.store.coveredSpan(dataset);
  // days that the target waits for are its own affair
  const settled = sums.days.filter(
    ({ day }) => span !== undefined && day >= span.from && day <= lastFinal && !awaited.has(day),
  );
  const counted = settled.slice(-(ruleFor(rules, 'coverage_below', { dataset })?.params['days'] ?? 20));
  return {
    cells: cellsOf(counted),
    behind: counted.length === 0 ? [] : sums.behind(counted[0]!.day, counted.at(-1)!.day),
    rows: sums.days
      .filter(({ day, covered }) => day <= lastFinal && covered > 0)
      .map(({ day, covered }) => ({ day, rows: covered })),
    waiting,
    nextDueAt: waited.map(({ dueAt }) => dueAt).find((dueAt) => dueAt > time.now) ?? null,
  };
}

const NOTHING: CountedFacts = { cells: null, behind: [], rows: [], waiting: [], nextDueAt: null };

function lastDays(calendar: Calendar, today: PlainDay, count: number): readonly PlainDay[] {
  const index = calendar.openIndex(today) + (calendar.isOpen(today) ? 1 : 0);
  const from = calendar.openDayAt(Math.max(0, index - count));
  return from === undefined ? [] : calendar.tradingDays(from, today);
}

interface DaySum {
  readonly day: PlainDay;
  readonly expected: number;
  readonly covered: number;
  readonly gaps: number;
  /** When the last answer of a whole market was committed; null for what came symbol by symbol. */
  readonly at: Instant | null;
}

interface DaySums {
  readonly days: readonly DaySum[];
  behind(from: PlainDay, to: PlainDay): DatasetFacts['behind'];
}

async function countDays(
  deps: Pick<AppDeps, 'store'>,
  market: Market,
  dataset: DatasetId,
  days: readonly PlainDay[],
): Promise<DaySums> {
  const from = days[0] as PlainDay;
  const to = days.at(-1) as PlainDay;
  const stored = await deps.store.coverageOf(dataset, from, to, null);
  const coverage = {
    ranges: stored.ranges,
    days: stored.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    exceptions: stored.exceptions,
  };
  const count = (first: PlainDay, last: PlainDay) =>
    summariseCoverage({
      calendar: market.calendar,
      listings: market.listings,
      from: first,
      to: last,
      coverage,
      spans: market.calendar.tradingDays(first, last).map((day) => ({ from: day, to: day })),
      top: TOP,
    });
  const committed = Map.groupBy(stored.days, ({ day }) => day);
  return {
    days: count(from, to).spans.map(({ from: day, expected, covered, gaps }) => {
      const times = committed.get(day)?.map(({ at }) => at) ?? [];
      return { day, expected, covered, gaps, at: times.length === 0 ? null : Math.max(...times) };
    }),
    behind: (first, last) => count(first, last).symbols.map(({ symbol, gaps }) => ({ symbol, gaps })),
  };
}

/** The newest days of a target, with those that are met now noted. */
async function judgeDays(
  deps: Pick<AppDeps, 'store'>,
  target: ActiveTarget,
  calendar: Calendar,
  sums: DaySums,
  today: PlainDay,
  { now }: { readonly now: Instant },
): Promise<DatasetFacts['waiting']> {
  const newest = lastDays(calendar, today, WAITED_DAYS);
  const [first] = newest;
  if (first === undefined) return [];
  const known = new Map(
    (await deps.store.freshnessDays(target.dataset, first, today)).map((one) => [one.day, one]),
  );
  const judged = newest.flatMap((day) => {
    const dueAt = known.get(day)?.dueAt ?? targetDue(target.due, day);
    if (dueAt <= target.since) return [];
    const sum = sums.days.find((one) => one.day === day);
    const share = sum === undefined || sum.expected === 0 ? null : 1 - sum.gaps / sum.expected;
    const wasMet = known.get(day)?.metAt != null;
    const isMet = wasMet || (share !== null && share >= target.share);
    return [{ day, dueAt, share, isMet, metAt: isMet && !wasMet ? Math.min(now, sum?.at ?? now) : null }];
  });
  const news: FreshnessDay[] = judged
    .filter(({ day, metAt }) => !known.has(day) || metAt !== null)
    .map(({ day, dueAt, metAt }) => ({ dataset: target.dataset, day, dueAt, metAt }));
  await deps.store.saveFreshnessDays(news);
  return judged.map(({ day, dueAt, share, isMet }) => ({ day, dueAt, share, isMet }));
}

function cellsOf(days: readonly DaySum[]): DatasetFacts['cells'] {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    expected: days.reduce((sum, { expected }) => sum + expected, 0),
    gaps: days.reduce((sum, { gaps }) => sum + gaps, 0),
    from: first.day,
    to: last.day,
  };
}
