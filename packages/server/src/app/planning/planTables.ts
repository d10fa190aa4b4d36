import { DATASETS, daysToRead, planStream, planWhole, type Plan } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { listingsOf, loadMarket } from '../market.ts';
import type { PlanQuestion, UsableSource } from './usableSources.ts';

/** Rows of a stock list before any has been read. */
const USUAL_MARKET = 5500;

/** Freshness that matters to a snapshot of quotes, in minutes. */
const QUOTES_MINUTES = 1;

/** A list, a calendar or a snapshot: asked for whole, unless it is fresh. */
export async function planTable(
  deps: AppDeps,
  run: PlanQuestion,
  next: UsableSource,
  round: number,
): Promise<Plan> {
  const { from, to, force } = run.params;
  const { dataset, cause } = run;
  const rows = await rowsOf(deps, run);
  const whole = planWhole({ dataset, capability: next.capability, from, to, rows });
  const nothing: Plan = { ...whole, items: [], calls: 0, shape: null };
  if (round > 0) return (await hasServed(deps, run)) ? nothing : whole;
  if (force || cause === 'requirement') return whole;
  return (await isFresh(deps, run)) ? nothing : whole;
}

/** A stream: the days that have not been read, or were read too early. */
export async function planStretch(
  deps: AppDeps,
  run: PlanQuestion,
  next: UsableSource,
  round: number,
): Promise<Plan> {
  const { from, to, force, symbols } = run.params;
  const [market, coverage] = await Promise.all([
    loadMarket(deps, run.dataset),
    deps.store.coverageOf(run.dataset, from, to, []),
  ]);
  // in a later round whatever an earlier source of this run has read needs no other
  const readNow = coverage.days
    .filter(({ at }) => round > 0 && at >= run.createdAt)
    .map(({ day }) => ({ day, at: Infinity }));
  const readBefore = force ? [] : coverage.days.filter(({ source }) => source === next.source);
  const calendar = market.tradingDays;
  const isAllRead =
    round > 0 && daysToRead({ dataset: run.dataset, from, to, known: readNow, calendar }).length === 0;
  const servedNow = round > 0 ? await scopesServed(deps, run) : [];
  return planStream({
    dataset: run.dataset,
    capability: next.capability,
    from,
    to,
    known: [...readBefore, ...readNow],
    calendar,
    listings: listingsOf(market, isAllRead ? [] : symbols).filter(
      ({ symbol, delistDate }) =>
        (delistDate === null || delistDate > from) && !servedNow.some((scope) => scope.endsWith(symbol)),
    ),
  });
}

/** Whether an earlier source of the run has given the table. */
async function hasServed(deps: AppDeps, run: PlanQuestion): Promise<boolean> {
  return (await scopesServed(deps, run)).length > 0;
}

async function scopesServed(deps: AppDeps, run: PlanQuestion): Promise<readonly string[]> {
  const known = await deps.store.freshness(run.dataset);
  return known.filter(({ asOf }) => asOf >= run.createdAt).map(({ scope }) => scope);
}

async function rowsOf(deps: AppDeps, { dataset, params }: PlanQuestion): Promise<number> {
  if (dataset === 'trade_calendar') {
    return Math.round((Date.parse(params.to) - Date.parse(params.from)) / 86_400_000) + 1;
  }
  const known = await deps.store.instruments(dataset === 'index_basics' ? 'indices' : 'stocks');
  if (dataset !== 'quotes') return known.length || USUAL_MARKET;
  return known.filter(({ delistDate }) => delistDate === null || delistDate > params.to).length;
}

async function isFresh(deps: AppDeps, run: PlanQuestion): Promise<boolean> {
  const known = await deps.store.freshness(run.dataset);
  const minutes =
    DATASETS[run.dataset].kind === 'intraday' ? QUOTES_MINUTES : deps.settings.snapshotMaxAgeHours * 60;
  const youngest = deps.clock.now() - minutes * 60_000;
  if (known.length === 0 || known.some((entry) => entry.asOf < youngest)) return false;
  if (DATASETS[run.dataset].kind !== 'calendar') return true;
  return known.every(
    (entry) =>
      entry.from !== null &&
      entry.through !== null &&
      entry.from <= run.params.from &&
      entry.through >= run.params.to,
  );
}
