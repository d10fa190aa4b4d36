import type { Problem } from '@tapekeeper/contract';
import { ERRORS, type ErrorCode, type Language } from '@tapekeeper/core';

/** An error that the HTTP interface has answered with: the code of the registry, its texts as they came. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly texts: Readonly<Record<Language, string>>;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refusal';
    this.code = Object.hasOwn(ERRORS, problem.code) ? (problem.code as ErrorCode) : 'internal';
    this.texts = { en: problem.detail, zh: problem.detailZh };
  }
}
