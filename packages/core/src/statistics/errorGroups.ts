import { shanghaiDay, type Instant, type PlainDay } from '../day.ts';
import type { EndedRun } from './endedRun.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Whether runs failed as a whole, or items of them. */
export const FAILURE_KINDS = ['run', 'item'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Failures of one kind that came together. */
export interface ErrorGroup {
  readonly kind: FailureKind;
  readonly code: string;
  /** Empty for failures of runs as a whole. */
  readonly source: string;
  /** What the messages have in common; empty for items, which are told apart by source and code. */
  readonly fingerprint: string;
  /** The newest message. */
  readonly message: string | null;
  readonly datasets: readonly string[];
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly firstRunId: number;
  readonly lastRunId: number;
  /** Failures by the day in Shanghai on which the runs ended. */
  readonly days: Readonly<Record<PlainDay, number>>;
}

interface Failure extends Pick<ErrorGroup, 'kind' | 'code' | 'source' | 'fingerprint' | 'message' | 'count'> {
  readonly run: EndedRun;
}

/** Longer messages are cut. */
const LONGEST_MESSAGE = 1000;

/**
 * Groups what went wrong in runs that have ended. Messages go through `mask` before anything is made of them.
 * @example errorGroups([], (text) => text) // []
 */
export function errorGroups(
  runs: readonly EndedRun[],
  mask: (text: string) => string,
): readonly ErrorGroup[] {
  const inOrder = runs.toSorted((a, b) => a.finishedAt - b.finishedAt || a.id - b.id);
  const failures = inOrder.flatMap((run) => failuresOf(run, mask));
  const groups = Map.groupBy(failures, ({ kind, code, source, fingerprint }) =>
    [kind, code, source, fingerprint].join('\n'),
  );
  return [...groups.values()].map(groupOf);
}

function failuresOf(run: EndedRun, mask: (text: string) => string): readonly Failure[] {
  const ofItems = run.failures.map(({ source, code, count, message }) => ({
    ...({ kind: 'item', run, code, source, count, fingerprint: '' } as const),
    message: message === null ? null : cut(mask(message)),
  }));
  if (run.error === null) return ofItems;
  const message = run.error.message === null ? null : mask(run.error.message);
  const failed = {
    ...({ kind: 'run', run, code: run.error.code, source: '', count: 1 } as const),
    fingerprint: fingerprintOf(message ?? ''),
    message: message === null ? null : cut(message),
  };
  return [failed, ...ofItems];
}

/** Whole letters: no database takes halves. */
function cut(message: string): string {
  return message.slice(0, LONGEST_MESSAGE).toWellFormed();
}

/** Of failures of one group, oldest first. */
function groupOf(failures: readonly Failure[]): ErrorGroup {
  const [first, last] = [failures[0], failures.at(-1)] as [Failure, Failure];
  const days: Record<PlainDay, number> = {};
  for (const { run, count } of failures) {
    const day = shanghaiDay(run.finishedAt);
    days[day] = (days[day] ?? 0) + count;
  }
  const { kind, code, source, fingerprint } = first;
  return {
    kind,
    code,
    source,
    fingerprint,
    message: failures.findLast(({ message }) => message !== null)?.message ?? null,
    datasets: [...new Set(failures.flatMap(({ run }) => run.dataset ?? []))],
    count: failures.reduce((sum, failure) => sum + failure.count, 0),
    firstAt: first.run.finishedAt,
    lastAt: last.run.finishedAt,
    firstRunId: first.run.id,
    lastRunId: last.run.id,
    days,
  };
}
