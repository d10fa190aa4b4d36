import { AppError, DAY_MS, OPERATION_RESULTS, type Instant, type OperationResult } from '@tapekeeper/core';
import type { operationStatisticsQuerySchema } from '@tapekeeper/contract';
import type { z } from 'zod';
import type { CountedFilter, OperationFilter } from '../../../ports/operationStore.ts';

type Written = z.output<typeof operationStatisticsQuerySchema>;
type Conditions = Omit<OperationFilter, 'before' | 'limit'>;

const USUAL_DAYS = 30;
const MOST_DAYS = 366;

/** The conditions as people write them. Raises `bad_request` for a result that is none. */
export function readFilter({ actor, action, object, objectId, result, text, from, to }: Written): Conditions {
  return {
    actor: actor ?? null,
    actions: listOf(action),
    objectKind: object ?? null,
    objectId: objectId ?? null,
    results: listOf(result)?.map(readResult) ?? null,
    text: text === undefined || text.trim() === '' ? null : text.trim(),
    from: instantOf(from),
    until: instantOf(to),
  };
}

/** The stretch of time that is counted: the last month where nothing is said, a year at most. Raises `bad_request`. */
export function readCounted(written: Written, now: Instant): CountedFilter {
  const filter = readFilter(written);
  const until = filter.until ?? now;
  const from = filter.from ?? until - USUAL_DAYS * DAY_MS;
  if (from > until) throw new AppError('bad_request', { problem: 'query "from" is after "to".' });
  if (until - from > MOST_DAYS * DAY_MS)
    throw new AppError('bad_request', { problem: `no more than ${MOST_DAYS} days are counted at a time.` });
  return { ...filter, from, until };
}

function listOf(text: string | undefined): readonly string[] | null {
  const words = (text ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  return words.length === 0 ? null : words;
}

function readResult(word: string): OperationResult {
  const result = OPERATION_RESULTS.find((one) => one === word);
  if (result !== undefined) return result;
  throw new AppError('bad_request', {
    problem: `query "result": "${word}" is none of ${OPERATION_RESULTS.join(', ')}`,
  });
}

function instantOf(text: string | undefined): Instant | null {
  return text === undefined ? null : Date.parse(text);
}
