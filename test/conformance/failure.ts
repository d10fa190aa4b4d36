import { isAppError, type AppError } from '@tapekeeper/core';

/** The error of ours that a promise rejects with; any other outcome fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const outcome = await promise.then(
    (value) => new Error(`it succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (isAppError(outcome)) return outcome;
  throw outcome;
}
