import type {
  DiskForecast,
  ErrorStatistics,
  RunFigures,
  RunStatistics,
  WorkerStatistics,
} from '@tapekeeper/contract';
import type { Context } from '../context.ts';
import { count, duration, instant, orDash, percent, size } from './format.ts';
import { pairs, table, type TableColumn } from './table.ts';

type Duration = RunFigures['running'];

const orNone = <T>(value: T | null, text: (value: T) => string): string =>
  value === null ? '-' : text(value);
const share = (rate: number): string => percent(rate, 1);
const pairOf = ({ p50Ms, p95Ms }: Duration): string =>
  p50Ms === null || p95Ms === null ? '-' : `${duration(p50Ms)} / ${duration(p95Ms)}`;

/** The figures of all runs of a window. */
export function figuresText({ say }: Context, { window, figures, notCounted }: RunStatistics): string {
  const { states, causes } = figures;
  const total = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => `${name} ${count(value)}`)
      .join(', ') || '-';
  return pairs([
    [say('statistics.window'), `${instant(window.from)} – ${instant(window.to)}`],
    [
      say('statistics.runs'),
      `${count(figures.runs)}  (${figures.runsPerDay.toFixed(1)} ${say('statistics.aDay')})`,
    ],
    [say('statistics.states'), total(states)],
    [say('statistics.causes'), total(causes)],
    [say('statistics.successRate'), orNone(figures.successRate, share)],
    [say('statistics.waiting'), pairOf(figures.waiting)],
    [say('statistics.running'), pairOf(figures.running)],
    [say('statistics.retryWait'), pairOf(figures.retryWait)],
    [
      say('column.items'),
      `${count(figures.items.ok)}, ${say('column.failed')} ${count(figures.items.failed)}`,
    ],
    [
      say('column.rows'),
      `${count(figures.rows.written)}, ${say('column.unchanged')} ${count(figures.rows.unchanged)}`,
    ],
    [say('column.calls'), `${count(figures.calls)}, ${size(figures.bytes)}`],
    ...(notCounted === 0 ? [] : [[say('statistics.notCounted'), count(notCounted)] as const]),
  ]);
}

/** Stretches of a window, oldest first. */
export function trendTable({ say }: Context, trend: RunStatistics['trend']): string {
  return table(
    [{ title: say('column.from') }, ...figureColumns(say)],
    trend.map((point) => [
      instant(point.from),
      count(point.runs),
      count(point.states.failed + point.states.successWithErrors),
      successOf(point.states),
      pairOf({ ...NO_DURATION, p50Ms: point.waitingP50Ms, p95Ms: point.waitingP95Ms }),
      pairOf({ ...NO_DURATION, p50Ms: point.runningP50Ms, p95Ms: point.runningP95Ms }),
      count(point.rowsWritten),
      count(point.calls),
    ]),
  );
}

/** Plain successes among those that worked to their end. */
function successOf({ success, successWithErrors, failed }: RunFigures['states']): string {
  return percent(success, success + successWithErrors + failed);
}

const NO_DURATION: Duration = { runs: 0, meanMs: null, p50Ms: null, p95Ms: null, p99Ms: null };

/** A line for each job, data set or source. */
export function subjectTable(
  { say }: Context,
  title: string,
  subjects: readonly { readonly name: string; readonly figures: RunFigures }[],
): string {
  return table(
    [{ title }, ...figureColumns(say)],
    subjects.map(({ name, figures }) => [
      name,
      count(figures.runs),
      count(figures.states.failed + figures.states.successWithErrors),
      orNone(figures.successRate, share),
      pairOf(figures.waiting),
      pairOf(figures.running),
      count(figures.rows.written),
      count(figures.calls),
    ]),
  );
}

function figureColumns(say: Context['say']): readonly TableColumn[] {
  return [
    { title: say('statistics.runs'), align: 'right' },
    { title: say('statistics.withErrors'), align: 'right' },
    { title: say('statistics.successRate'), align: 'right' },
    { title: say('statistics.waiting'), align: 'right' },
    { title: say('statistics.running'), align: 'right' },
    { title: say('column.rows'), align: 'right' },
    { title: say('column.calls'), align: 'right' },
  ];
}

/** Kinds of failures, most frequent first. */
export function errorTable({ say }: Context, { groups }: ErrorStatistics): string {
  return table(
    [
      { title: say('statistics.failures'), align: 'right' },
      { title: say('column.kind') },
      { title: say('column.error') },
      { title: say('column.source') },
      { title: say('statistics.lastAt') },
      { title: say('column.run'), align: 'right' },
      { title: say('statistics.message') },
    ],
    groups.map((group) => [
      count(group.count),
      group.kind,
      group.code,
      orDash(group.source),
      instant(group.lastAt),
      String(group.lastRun),
      orDash(group.pattern === '' ? group.message : group.pattern),
    ]),
  );
}

export function loadText({ say }: Context, load: WorkerStatistics): string {
  const { slots, dispatches, pool, connections } = load;
  const workers = table(
    [
      { title: say('column.workerNo'), align: 'right' },
      { title: say('statistics.node') },
      { title: say('statistics.slots'), align: 'right' },
      { title: say('statistics.used'), align: 'right' },
      { title: say('statistics.silent'), align: 'right' },
    ],
    load.workers.map((one) => [
      String(one.id),
      one.node,
      count(one.slots),
      count(one.used),
      duration(one.silentMs),
    ]),
  );
  const facts = pairs([
    [say('statistics.slots'), `${count(slots.used)} / ${count(slots.total)}`],
    [
      say('statistics.dispatches'),
      say('statistics.dispatchesOf', {
        ready: count(dispatches.ready),
        later: count(dispatches.later),
        work: count(dispatches.atWork),
        oldest: orNone(dispatches.oldestReadyMs, duration),
      }),
    ],
    [say('statistics.pool'), `${count(pool.used)} / ${count(pool.most)}, +${count(pool.waiting)}`],
    [say('statistics.connections'), `${count(connections.open)} / ${count(connections.most)}`],
  ]);
  return load.workers.length === 0 ? facts : `${workers}\n\n${facts}`;
}

export function diskText({ say }: Context, disk: DiskForecast): string {
  const days = (value: number | null): string =>
    value === null ? say('statistics.never') : say('statistics.days', { days: count(value) });
  const { growth, daysLeft: left } = disk;
  const facts = pairs([
    [say('statistics.database'), orNone(disk.databaseBytes, size)],
    [say('statistics.free'), orNone(disk.freeBytes, size)],
    [
      say('statistics.growth'),
      growth === null ? '-' : `${signedSize(growth.perDay)} ${say('statistics.aDay')}`,
    ],
    [
      say('statistics.full'),
      left === null ? '-' : `${days(left.expected)}  (${days(left.soonest)} – ${days(left.latest)})`,
    ],
  ]);
  if (disk.tables.length === 0) return facts;
  const tables = table(
    [
      { title: say('column.dataset') },
      { title: say('column.tableSize'), align: 'right' },
      { title: say('statistics.growth'), align: 'right' },
    ],
    disk.tables.map((one) => [
      one.dataset,
      size(one.bytes),
      one.growth === null ? '-' : signedSize(one.growth.perDay),
    ]),
  );
  return `${facts}\n\n${tables}`;
}

function signedSize(bytes: number): string {
  return bytes < 0 ? `-${size(-bytes)}` : size(bytes);
}
