import { isAppError, type ErrorCode } from '@tapekeeper/core';

/** A refusal in the words of a documented system: its status and text, and our code for the audit log. */
export class DocumentedRefusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;

  constructor(code: ErrorCode, status: number, detail: string) {
    super(detail);
    this.name = 'DocumentedRefusal';
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** How a route words errors of ours; what is not listed is worded as everywhere in its system. */
export type Wordings = Readonly<Partial<Record<ErrorCode, readonly [status: number, detail: string]>>>;

/**
 * Does some work, and says what it raises in the words of a route.
 * @example await inWords({ unknown_run: [404, '任务不存在'] }, () => findRun(deps, id))
 */
export async function inWords<Result>(wordings: Wordings, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const worded = isAppError(error) ? wordings[error.code] : undefined;
    if (worded === undefined || !isAppError(error)) throw error;
    throw new DocumentedRefusal(error.code, ...worded);
  }
}
