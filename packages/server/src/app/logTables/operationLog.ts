import type { Instant, Operation, OperationResult } from '@tapekeeper/core';
import type { LogSpan } from '../../ports/logTableStore.ts';
import type { OperationFilter, OperationStatistics } from '../../ports/operationStore.ts';
import type { AppDeps } from '../deps.ts';
import { skipOf, type PageWish } from './pageDepth.ts';

type LogDeps = Pick<AppDeps, 'store'>;
type Conditions = Omit<OperationFilter, 'before' | 'limit'>;

/** Lines that a condition is looked for in and that are counted, the newest ones of the stretch. */
const MOST_LINES = 500_000;

export interface OperationLogWish extends LogSpan, PageWish {
  /** Null for all. */
  readonly results: readonly OperationResult[] | null;
  /** Part of the action, whatever the case; every character stands for itself. */
  readonly action: string | null;
}

export interface OperationLogPage {
  readonly operations: readonly Operation[];
  readonly total: number;
}

/** The audit log by number of page, newest first. Raises `bad_request` for a page too deep. */
export async function operationLog({ store }: LogDeps, wish: OperationLogWish): Promise<OperationLogPage> {
  const filter = await conditionsOf({ store }, wish);
  if (filter === undefined) return { operations: [], total: 0 };
  const total = await store.countOperations(filter, MOST_LINES);
  const skip = skipOf(wish, total);
  const first = skip >= total ? null : await store.operationAt(filter, skip, MOST_LINES);
  if (first === null) return { operations: [], total };
  return { operations: await readOn({ store }, filter, first + 1, Math.min(wish.size, total - skip)), total };
}

/** The newest lines, with nothing counted. */
export async function recentOperations({ store }: LogDeps, limit: number): Promise<readonly Operation[]> {
  return (await store.operations({ ...EVERYTHING, before: null, limit })).operations;
}

export interface OperationLogCounts {
  readonly all: OperationStatistics;
  /** Of those that nobody has said the end of, which are few. */
  readonly open: OperationStatistics;
}

/** How many operations there were up to now since an instant, by day, action and result. */
export async function countOperationLog(
  { store }: LogDeps,
  from: Instant | null,
): Promise<OperationLogCounts> {
  const span = { ...EVERYTHING, from: from ?? 0, until: (await store.now()) + 1 };
  const [all, open] = await Promise.all([
    store.operationStatistics(span),
    store.operationStatistics({ ...span, results: ['unknown'] }),
  ]);
  return { all, open };
}

/** How many operations there were since an instant, of all results or of some. */
export function countOperationsSince(
  { store }: LogDeps,
  from: Instant | null,
  results: readonly OperationResult[] | null = null,
): Promise<number> {
  return store.countOperations({ ...EVERYTHING, from, results }, MOST_LINES);
}

const EVERYTHING: Conditions = {
  actor: null,
  actions: null,
  objectKind: null,
  objectId: null,
  results: null,
  text: null,
  from: null,
  until: null,
};

/** Undefined where nothing can meet them. */
async function conditionsOf(
  { store }: LogDeps,
  { from, until, results, action }: OperationLogWish,
): Promise<Conditions | undefined> {
  const filter = { ...EVERYTHING, from, until, results };
  if (action === null) return filter;
  const sought = action.toLowerCase();
  const actions = (await store.operationActions()).filter((one) => one.toLowerCase().includes(sought));
  return actions.length === 0 ? undefined : { ...filter, actions };
}

/** A search looks at so many lines at a time, and tells where to go on. */
async function readOn(
  { store }: LogDeps,
  filter: Conditions,
  from: number,
  count: number,
): Promise<readonly Operation[]> {
  const read: Operation[] = [];
  let before: number | null = from;
  while (before !== null && read.length < count) {
    const page = await store.operations({ ...filter, before, limit: count - read.length });
    read.push(...page.operations);
    before = page.next;
  }
  return read;
}
