import type { RunState } from '@tapekeeper/core';

/** States of an execution, as the platform words them. */
export const EXECUTION_STATUSES = [
  'pending',
  'running',
  'paused',
  'success',
  'failed',
  'terminated',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** Runs that are executions of a task; what was missed or skipped never was one. */
const STATUS_OF: Readonly<Partial<Record<RunState, ExecutionStatus>>> = {
  pending: 'pending',
  running: 'running',
  paused: 'paused',
  success: 'success',
  success_with_errors: 'success',
  failed: 'failed',
  cancelled: 'terminated',
};
export const LISTED_STATES = Object.keys(STATUS_OF) as readonly RunState[];

export function statusOf(state: RunState): ExecutionStatus | undefined {
  return STATUS_OF[state];
}

/** Every word for a status that documents, code and screens use. */
const SAME_AS: Readonly<Record<string, ExecutionStatus>> = {
  completed: 'success',
  fail: 'failed',
  error: 'failed',
  cancelled: 'terminated',
};
export const STATUS_WORDS = [...EXECUTION_STATUSES, ...Object.keys(SAME_AS)] as readonly string[];

/** The states that a word for a status stands for; all where none is given. */
export function statesOf(word: string | undefined): readonly RunState[] {
  if (word === undefined) return LISTED_STATES;
  const wanted = SAME_AS[word] ?? word;
  return LISTED_STATES.filter((state) => STATUS_OF[state] === wanted);
}
