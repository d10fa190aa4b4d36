import { ERRORS, isAppError } from '@tapekeeper/core';
import { DocumentedRefusal } from '../../refusal.ts';

/**
 * Does some work; whatever is wrong with the wish for it is one and the same refusal, as it was there. Faults of the
 * server stay what they are.
 */
export async function refusedAs<Result>(
  [status, detail]: readonly [status: number, detail: string],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || ERRORS[error.code].status >= 500) throw error;
    throw new DocumentedRefusal(error.code, status, detail);
  }
}
