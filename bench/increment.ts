import {
  builtinCalendar,
  plainDay,
  refillPerSecond,
  type Ceiling,
  type DatasetId,
  type PlainDay,
} from '@tapekeeper/core';
import { generateWorld } from '@tapekeeper/replay';
import type { Benchmark } from './benchmark.ts';
import type { AppDeps } from '../packages/server/src/app/deps.ts';
import type { RunView } from '../packages/server/src/ports/viewStore.ts';
import { runToEnd } from '../test/support/runToEnd.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { withScenario } from './rig/scenarioRig.ts';
import { startUpstream, type Upstream } from './rig/upstream.ts';
import { withMarket } from './rig/withMarket.ts';

const SYMBOLS = 5500;
const DAYS = 24;
/** The last days are what is measured; the first ones are there already. */
const MEASURED_DAYS = 12;

/** What is asked for every evening where nothing counts the calls. */
const EVENING: readonly DatasetId[] = ['daily_bars', 'adj_factors'];

/** Calls that Tushare allows in a minute, as an installation begins with; here those of all interfaces together. */
const CEILING: Ceiling = { capacity: 45, windowSeconds: 60, slides: true };
/** Evenings in a row, so that it is the budget that they wait for. */
const EVENINGS = 5;
const LONG_EVENING: readonly DatasetId[] = ['daily_bars', 'adj_factors', 'daily_basics', 'price_limits'];

export const increment: Benchmark = {
  name: 'increment',
  about:
    'P2: the day of 5,500 symbols by cross-section calls, as own work and against the bound of the budget',
  async run(_size, report) {
    await withMarket({ symbols: SYMBOLS, days: DAYS }, async (folder) => {
      const upstream = await startUpstream(folder);
      try {
        const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
        try {
          await ownWork(rig, upstream, report);
        } finally {
          await rig.close();
        }
      } finally {
        await upstream.stop();
      }
    });
    const world = generateWorld({
      symbols: SYMBOLS,
      from: plainDay('2025-06-03'),
      to: plainDay('2025-06-30'),
    });
    const rig = await openRig({ marketDay: world.lastDay });
    try {
      await withScenario(rig, { world, latencyMs: 0, source: 'tushare' }, async ({ deps, setBudgets }) => {
        const [host = ''] = deps.sources.get('tushare')?.hosts ?? [];
        const days = builtinCalendar().tradingDays(world.firstDay, world.lastDay);
        const before = days.at(-EVENINGS - 1) as PlainDay;
        for (const dataset of LONG_EVENING) await sync(deps, dataset, before, before);
        await setBudgets([{ host, api: '*', ...CEILING }]);
        await underBudget(deps, days.slice(-EVENINGS), report);
      });
    } finally {
      await rig.close();
    }
  },
};

interface Day {
  readonly dataset: DatasetId;
  readonly calls: number;
  readonly rows: number;
  readonly tookMs: number;
}

async function ownWork({ installation }: Rig, upstream: Upstream, report: Report): Promise<void> {
  const { from, to } = upstream.tushareSpan;
  const days = builtinCalendar().tradingDays(from, to);
  await installation.worker.start();
  for (const dataset of EVENING)
    await sync(installation.deps, dataset, from, days.at(-MEASURED_DAYS - 1) as PlainDay);
  const measured: Day[] = [];
  for (const day of days.slice(-MEASURED_DAYS))
    for (const dataset of EVENING) measured.push(await measureDay(installation.deps, dataset, day));
  report.line(`own work: ${whole(SYMBOLS)} generated symbols, ${MEASURED_DAYS} days one by one, no budget`);
  report.table([
    ['', 'calls a day', 'rows a day', 'ms from request to end'],
    ...EVENING.map((dataset) => {
      const own = measured.filter((one) => one.dataset === dataset);
      const of = (figure: (day: Day) => number) => spreadText(own.map(figure), whole);
      return [dataset, of(({ calls }) => calls), of(({ rows }) => rows), of(({ tookMs }) => tookMs)];
    }),
  ]);
  report.keep('own work', measured);
}

/** The first call goes out at once and each further one when the budget has flowed on: nobody can be faster. */
async function underBudget(deps: AppDeps, days: readonly PlainDay[], report: Report): Promise<void> {
  const measured: Day[] = [];
  const startedAt = performance.now();
  for (const day of days)
    for (const dataset of LONG_EVENING) measured.push(await measureDay(deps, dataset, day));
  const tookMs = performance.now() - startedAt;
  const calls = measured.reduce((sum, one) => sum + one.calls, 0);
  const boundMs = ((calls - 1) * 1000) / refillPerSecond(CEILING);
  report.line(
    `under ${CEILING.capacity} calls a minute: ${days.length} evenings of ${LONG_EVENING.length} data sets, ` +
      `${calls} calls in ${whole(tookMs)} ms; the budget alone makes them ${whole(boundMs)} ms: ${decimals(1)(100 * (tookMs / boundMs - 1))} % beyond it`,
  );
  report.keep('under budget', { measured, tookMs, boundMs });
}

async function measureDay(deps: AppDeps, dataset: DatasetId, day: PlainDay): Promise<Day> {
  const run = await sync(deps, dataset, day, day);
  return {
    dataset,
    calls: run.calls,
    rows: run.rowsWritten,
    tookMs: (run.finishedAt ?? Number.NaN) - run.createdAt,
  };
}

async function sync(deps: AppDeps, dataset: DatasetId, from: PlainDay, to: PlainDay): Promise<RunView> {
  const run = await runToEnd(deps, { dataset, from, to, sources: ['tushare'] });
  if (run.state !== 'success')
    throw new Error(`${dataset} of ${to} ended ${run.state}: ${run.error?.message ?? ''}`);
  return run;
}
