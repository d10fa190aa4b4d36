import { plainDay, type DatasetId, type SourceId } from '@tapekeeper/core';
import { generateWorld, type World } from '@tapekeeper/replay';
import { dryRun } from '../packages/server/src/app/dryRun.ts';
import type { SyncRequest } from '../packages/server/src/app/requestSync.ts';
import type { BudgetRule } from '../packages/server/src/ports/sourceStore.ts';
import type { Source } from '../packages/server/src/ports/source.ts';
import type { RunView } from '../packages/server/src/ports/viewStore.ts';
import { below, seededRandom, type Random } from '../test/chaos/random.ts';
import { runToEnd } from '../test/support/runToEnd.ts';
import type { Benchmark } from './benchmark.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { withScenario, type ScenarioRig } from './rig/scenarioRig.ts';

const SCENARIOS = 50;
const MARKET_DAY = plainDay('2025-06-30');

/** Data sets that each source is asked for, with the first days that they may begin on. */
const ASKED: Readonly<Record<SourceId, readonly DatasetId[]>> = {
  tushare: ['daily_bars', 'adj_factors', 'price_limits', 'index_bars', 'financials', 'suspensions'],
  baostock: ['daily_bars', 'adj_factors', 'index_bars', 'minute_bars'],
  akshare: ['daily_bars', 'index_bars', 'adj_factors', 'suspensions'],
};
const SOURCES = ['tushare', 'baostock', 'akshare'] as const;

/** What is asked of whom, under which budget: all of it follows from the seed. */
interface Scenario {
  readonly seed: number;
  readonly source: SourceId;
  readonly dataset: DatasetId;
  readonly symbols: number;
  readonly from: string;
  readonly latencyMs: number;
  /** Length of the window of the budget; a minute in small. */
  readonly windowSeconds: number;
  /** How many windows the calls are to take, roughly. */
  readonly windows: number;
}

export const forecast: Benchmark = {
  name: 'forecast',
  about: 'dry run against the run itself over 50 seeded scenarios with budgets: calls, and how long it took',
  async run(size, report) {
    const rig = await openRig({ marketDay: MARKET_DAY });
    try {
      const outcomes: Outcome[] = [];
      for (let seed = 1; seed <= SCENARIOS; seed++)
        outcomes.push(await play(rig, scenarioOf(seed, size === 'full' ? 4 : 1)));
      tell(outcomes, report);
    } finally {
      await rig.close();
    }
  },
};

function scenarioOf(seed: number, scale: number): Scenario {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[below(random, values.length)] as T;
  const source = SOURCES[seed % SOURCES.length] as SourceId;
  return {
    seed,
    source,
    dataset: pick(ASKED[source]),
    symbols: (20 + below(random, 60)) * scale,
    from: pick(['2025-02-05', '2025-03-03', '2025-04-01', '2025-05-06', '2025-06-03', '2025-06-16']),
    latencyMs: pick([0, 5, 20, 50]),
    windowSeconds: pick([1, 2, 3]),
    windows: drawWindows(random),
  };
}

function drawWindows(random: Random): number {
  return 0.5 + random() * 2;
}

interface Outcome extends Scenario {
  readonly planned: number;
  readonly called: number;
  readonly retried: boolean;
  readonly capacity: number;
  readonly expectedMs: number;
  readonly tookMs: number;
}

function play(rig: Rig, scenario: Scenario): Promise<Outcome> {
  const { seed, symbols, source, latencyMs } = scenario;
  const world = generateWorld({ seed, symbols, from: plainDay('2025-01-02'), to: MARKET_DAY });
  return withScenario(rig, { world, latencyMs, source }, (stand) => playIn(stand, world, scenario));
}

async function playIn(stand: ScenarioRig, world: World, scenario: Scenario): Promise<Outcome> {
  const { deps } = stand;
  const { source, dataset } = scenario;
  const lists: readonly DatasetId[] = [
    'trade_calendar',
    'stock_basics',
    ...(dataset === 'index_bars' ? ['index_basics' as const] : []),
  ];
  for (const list of lists) expectWell(await runToEnd(deps, { dataset: list }), list);
  // what an installation knows after its first day: how long the calls of the host take
  expectWell(await runToEnd(deps, { dataset, ...dayBefore(scenario), sources: [source] }), dataset);
  const request: SyncRequest = { dataset, from: fromOf(scenario), to: world.lastDay, sources: [source] };
  const { plan: bare } = await dryRun(deps, request, 'sync');
  const capacity = Math.max(2, Math.ceil(bare.calls / scenario.windows));
  await stand.setBudgets([ruleOf(deps.sources.get(source) as Source, scenario, capacity)]);
  const { plan } = await dryRun(deps, request, 'sync');
  const run = await runToEnd(deps, request);
  expectWell(run, dataset);
  return {
    ...scenario,
    planned: plan.calls,
    called: run.calls,
    retried: (await stand.failedAttempts(run.id)) > 0,
    capacity,
    expectedMs: plan.estimatedMs,
    tookMs: (run.finishedAt ?? NaN) - (run.startedAt ?? NaN),
  };
}

/** Reports are of quarters, and five-minute bars of few days, or they take too long. */
function fromOf({ dataset, from }: Scenario): string {
  if (dataset === 'financials') return '2025-03-31';
  return dataset === 'minute_bars' ? '2025-06-23' : from;
}

/** A stretch of its own, which the one that is measured does not cover. */
function dayBefore({ dataset }: Scenario): { readonly from: string; readonly to: string } {
  if (dataset === 'financials') return { from: '2024-12-31', to: '2024-12-31' };
  return { from: '2025-01-06', to: '2025-01-06' };
}

function ruleOf(source: Source, { dataset, windowSeconds }: Scenario, capacity: number): BudgetRule {
  const capability = source.capabilities.find((one) => one.dataset === dataset);
  return { host: capability?.host ?? source.hosts[0] ?? '', api: '*', windowSeconds, capacity };
}

function expectWell(run: RunView, dataset: DatasetId): void {
  if (run.state !== 'success') throw new Error(`${dataset} ended ${run.state}: ${run.error?.message ?? ''}`);
}

function tell(outcomes: readonly Outcome[], report: Report): void {
  const clean = outcomes.filter(({ retried }) => !retried);
  const exact = clean.filter(({ planned, called }) => planned === called);
  report.line(
    `${exact.length} of ${clean.length} runs without retries took exactly the calls that the dry run gave; ${outcomes.length - clean.length} retried`,
  );
  for (const one of clean.filter(({ planned, called }) => planned !== called))
    report.line(
      `  seed ${one.seed}: ${one.dataset} of ${one.source} planned ${one.planned} calls, took ${one.called}`,
    );
  const share = (some: readonly Outcome[]) =>
    some.map(({ expectedMs, tookMs }) => (100 * (tookMs - expectedMs)) / expectedMs);
  const over = (some: readonly Outcome[]) => some.map(({ expectedMs, tookMs }) => tookMs - expectedMs);
  const rows = [
    ['all scenarios', outcomes] as const,
    ...SOURCES.map((id) => [id, outcomes.filter(({ source }) => source === id)] as const),
  ];
  report.table([
    ['', 'runs', 'calls', 'took, ms', 'longer than forecast, %', 'longer than forecast, ms'],
    ...rows.map(([name, some]) => [
      name,
      String(some.length),
      spreadText(
        some.map(({ called }) => called),
        whole,
      ),
      spreadText(
        some.map(({ tookMs }) => tookMs),
        whole,
      ),
      spreadText(share(some), decimals(1)),
      spreadText(over(some), whole),
    ]),
  ]);
  report.keep('scenarios', outcomes);
}
