import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { KILL_CLASSES, type KillClass } from './killPlan.ts';
import { quantile, type Tally } from './tally.ts';

/** What a run of the harness comes to; times in seconds. */
export interface Figures {
  readonly seed: number;
  readonly versions: { readonly tapekeeper: string; readonly node: string; readonly postgres: string };
  readonly cores: number;
  readonly minutes: number;
  readonly kills: Readonly<Record<KillClass, number>>;
  readonly takeovers: number;
  readonly collections: number;
  readonly rows: number;
  readonly values: number;
  readonly valuesBetween: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
  readonly refetched: number;
  readonly inFlight: number;
  readonly fires: number;
  readonly moments: number;
  readonly scheduledRuns: number;
  readonly longestStranded: number;
  readonly restart: Spread;
  readonly takeover: Spread;
  readonly violations: number;
}

/** Figures with their names, in order. */
export type Lines = readonly (readonly [what: string, figure: string])[];

/** Times from a kill until the work got on. */
interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly longest: number | null;
}

export interface Circumstances {
  readonly seed: number;
  readonly serverVersion: string;
  readonly minutes: number;
}

const WORDS: Readonly<Record<KillClass, string>> = {
  call: 'during a call, the upstream having answered',
  copy: 'in the middle of a COPY',
  before_commit: 'before a commit of items',
  after_commit: 'after a commit of items, before it was known',
  control: 'before or after a commit of a claim, plan, hand-over, rescue or end',
  fire: 'before or after the commit of a decision about due moments',
  random: 'at a random moment, starting up included',
};

export function figuresOf(tally: Tally, { seed, serverVersion, minutes }: Circumstances): Figures {
  const {
    kills,
    takeovers,
    collections,
    rows,
    values,
    valuesBetween,
    lost,
    doubled,
    wrong,
    refetched,
    inFlight,
  } = tally;
  return {
    seed,
    versions: { tapekeeper: ownVersion(), node: process.versions.node, postgres: serverVersion },
    cores: availableParallelism(),
    minutes: Math.round(minutes * 10) / 10,
    kills,
    takeovers,
    collections,
    rows,
    values,
    valuesBetween,
    lost,
    doubled,
    wrong,
    refetched,
    inFlight,
    fires: tally.fires,
    moments: tally.moments,
    scheduledRuns: tally.scheduledRuns,
    longestStranded: seconds(Math.max(tally.stranding.seenMs, tally.stranding.saidMs)),
    restart: spreadOf(tally.restartMs),
    takeover: spreadOf(tally.takeoverMs),
    violations: tally.violations.length,
  };
}

/** Lines of two columns, for a terminal. */
export function table(lines: Lines): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** The same as a table of Markdown, its columns aligned as the formatter wants them. */
export function list(figures: Lines): string {
  const lines: Lines = [['what', 'figure'], ...figures];
  const left = Math.max(...lines.map(([name]) => name.length));
  const right = Math.max(...lines.map(([, value]) => value.length));
  const rows = lines.map(([name, value]) => `| ${name.padEnd(left)} | ${value.padEnd(right)} |`);
  rows.splice(1, 0, `| ${'-'.repeat(left)} | ${'-'.repeat(right)} |`);
  return rows.join('\n');
}

/** The figures with their names. */
export function linesOf(figures: Figures): Lines {
  const { versions, kills, restart, takeover } = figures;
  const whole = (count: number): string => count.toLocaleString('en-US');
  const all = Object.values(kills).reduce((sum, count) => sum + count, 0);
  return [
    ['kills (SIGKILL)', `${all}`],
    ...KILL_CLASSES.map((kind): [string, string] => [`… ${WORDS[kind]}`, `${kills[kind]}`]),
    ['… after which another node took over by silence', `${figures.takeovers}`],
    ['collections of real data, each from an empty database', `${figures.collections}`],
    ['rows compared at the ends of collections', `${whole(figures.rows)} (${whole(figures.values)} values)`],
    ['values compared after kills, in between', whole(figures.valuesBetween)],
    ['rows lost, doubled, wrong', `${figures.lost}, ${figures.doubled}, ${figures.wrong}`],
    [
      'items fetched again, of those in flight at a kill',
      `${whole(figures.refetched)} of ${whole(figures.inFlight)}`,
    ],
    [
      'due moments, fires and runs of jobs meanwhile, each matched',
      `${whole(figures.moments)}, ${whole(figures.fires)}, ${whole(figures.scheduledRuns)}`,
    ],
    ['longest without lease or dispatch', `${figures.longestStranded} s`],
    ['from kill to progress, node started again', spread(restart)],
    ['from kill to progress, taken over', spread(takeover)],
    ['broken promises', `${figures.violations}`],
    ['seed', `${figures.seed}`],
    ['versions', `tapekeeper ${versions.tapekeeper}, Node ${versions.node}, PostgreSQL ${versions.postgres}`],
    ['time on how many cores', `${figures.minutes} min on ${figures.cores}`],
  ];
}

function spread({ count, p50, p99, longest }: Spread): string {
  return count === 0
    ? 'none measured'
    : `p50 ${p50} s, p99 ${p99} s, longest ${longest} s (${count} measured)`;
}

function spreadOf(durations: readonly number[]): Spread {
  const at = (share: number): number | null => {
    const ms = quantile(durations, share);
    return ms === undefined ? null : seconds(ms);
  };
  return { count: durations.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function ownVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
