import { isoInstant } from '@tapekeeper/core';
import type { ExecutionTrace } from '../../../../ports/executionStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';

const LONGEST_LINE = 500;

/**
 * What is kept of the trouble of a run, as one text in the order of a stack of Python: what lies deepest comes last,
 * and the last line says what it ended with.
 */
export function tracebackOf(run: RunView, { attempts, items, log }: ExecutionTrace): string {
  const { error, stop, state, reason } = run;
  const last =
    error === null
      ? `${stop?.code ?? reason ?? state}: ${stop?.reason ?? ''}`
      : `${error.code}: ${error.message}`;
  return [
    'Traceback (most recent call last):',
    ...attempts.map(
      ({ no, endedAt, code, message }) =>
        `  attempt ${no}${endedAt === null ? '' : `, until ${isoInstant(endedAt)}`}: ${code}: ${message}`,
    ),
    ...items.map(
      ({ no, symbol, source, tries, code, message }) =>
        `  item ${no}${symbol === null ? '' : `, ${symbol}`}, ${source}, try ${tries}: ${code ?? 'failed'}: ${message ?? ''}`,
    ),
    ...log.map((line) => `  | ${line}`),
    last,
  ]
    .map((line) => line.slice(0, LONGEST_LINE).trimEnd())
    .join('\n');
}
