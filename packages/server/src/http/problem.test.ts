import { problemSchema } from '@tapekeeper/contract';
import { AppError, ERRORS, type ErrorCode } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { problemOf, toRequestError } from './problem.ts';

describe('a problem', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('can be made of every error: %s', (code) => {
    const problem = problemSchema.parse(problemOf(new AppError(code), 'r-1'));
    expect(problem).toMatchObject({ code, status: ERRORS[code].status, requestId: 'r-1' });
    expect(problem.title).toMatch(/^[A-Z][a-z ]+$/);
  });

  it('says it in both languages, with the facts filled in', () => {
    const problem = problemOf(new AppError('day_order', { from: '2024-02-01', to: '2024-01-01' }), 'r-1');
    expect(problem.detail).toContain('2024-02-01');
    expect(problem.detailZh).toContain('2024-02-01');
    expect(problem.detailZh).toMatch(/[\u4e00-\u9fff]/);
  });

  it('shows nothing of what went wrong inside', () => {
    const problem = problemOf(toRequestError(new TypeError('password=hunter2 at /srv/secret.ts')), 'r-1');
    expect(problem).toMatchObject({ code: 'internal', status: 500 });
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|secret/);
    expect(problem.detail).toContain('request r-1');
  });
});

describe('what a request has thrown', () => {
  it('stays what it was when it is ours', () => {
    const error = new AppError('unknown_run', { run: 7 });
    expect(toRequestError(error)).toBe(error);
  });

  it('is internal when it is anything else, thrown texts too', () => {
    expect(toRequestError('text').code).toBe('internal');
    expect(toRequestError(undefined).code).toBe('internal');
    expect(toRequestError(Object.assign(new Error('no'), { statusCode: 500 })).code).toBe('internal');
  });

  it('is a bad request when the framework says so', () => {
    expect(toRequestError(Object.assign(new Error('bad JSON'), { statusCode: 400 })).code).toBe(
      'bad_request',
    );
  });
});
