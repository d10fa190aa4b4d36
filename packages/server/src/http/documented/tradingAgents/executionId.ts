import type { Instant } from '@tapekeeper/core';
import type { RunId } from '../../../ports/runStore.ts';

/** What an execution id says of a run; it is that run's only where it was made in that second. */
export interface ReadExecutionId {
  readonly runId: RunId;
  readonly createdSecond: number;
}

const FORM = /^([0-9a-f]{8})([0-9a-f]{16})$/;

/**
 * The id of a run as the trading agents show it, in the form of MongoDB's: eight hex digits for the second in which
 * it was made, sixteen for its number.
 * @example executionId({ id: 12, createdAt: 1_761_523_200_000 }) // '68feb500000000000000000c'
 */
export function executionId({ id, createdAt }: { readonly id: RunId; readonly createdAt: Instant }): string {
  return hex(secondOf(createdAt), 8) + hex(id, 16);
}

/** The parts of an execution id; undefined for any other text. */
export function readExecutionId(text: string): ReadExecutionId | undefined {
  const [, second, number] = FORM.exec(text) ?? [];
  if (second === undefined || number === undefined) return undefined;
  const runId = Number.parseInt(number, 16);
  if (!Number.isSafeInteger(runId) || runId < 1) return undefined;
  return { runId, createdSecond: Number.parseInt(second, 16) };
}

/** Whether a run is the one that an id was made of. */
export function isExecution(
  read: ReadExecutionId,
  run: { readonly id: RunId; readonly createdAt: Instant },
): boolean {
  return read.runId === run.id && read.createdSecond === secondOf(run.createdAt);
}

function secondOf(instant: Instant): number {
  return Math.floor(instant / 1000);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
