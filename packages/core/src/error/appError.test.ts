import { describe, expect, test } from 'vitest';
import { AppError, errorText, isAppError, toAppError } from './appError.ts';
import { ERRORS, type ErrorCode } from './codes.ts';
import { EXIT } from './spec.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

test('a fact with a Chinese form is told in it where the text is Chinese', () => {
  const details = { problems: 'There are no nodes.', problemsZh: '没有节点。' };
  expect(errorText('workflow_invalid', details)).toContain('There are no nodes.');
  expect(errorText('workflow_invalid', details, 'zh')).toContain('没有节点。');
  expect(errorText('workflow_invalid', { problems: 'x' }, 'zh')).toContain('x');
});

describe('the registry of errors', () => {
  test.each(CODES)('%s has the same blanks in both languages', (code) => {
    const { text, zh } = ERRORS[code];
    expect(blanks(zh)).toEqual(blanks(text));
  });

  test.each(CODES)('%s has a status of a failure and an exit code of the table', (code) => {
    const { status, exit } = ERRORS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(Object.values(EXIT)).toContain(exit);
    expect(exit).not.toBe(EXIT.ok);
  });

  test('has snake-case codes, and Chinese texts that are Chinese', () => {
    for (const code of CODES) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(ERRORS[code].zh).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

describe('an error of ours', () => {
  test('carries its code, facts and cause, and says the text', () => {
    const cause = new Error('socket closed');
    const error = new AppError(
      'transport',
      { source: 'tushare', host: 'api.tushare.pro', message: 'closed' },
      cause,
    );
    expect(error.message).toBe('tushare cannot be reached at api.tushare.pro: closed');
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'transport',
      details: { source: 'tushare' },
      cause,
    });
  });

  test('speaks Chinese when asked, and leaves unknown blanks empty', () => {
    expect(errorText('bad_day', { value: 'x' }, 'zh')).toContain('“x” 不是日期');
    expect(errorText('not_found', {})).toBe('There is nothing at .');
  });

  test('does not take a value of the facts for a blank', () => {
    expect(errorText('bad_request', { problem: '{path} $& $1' })).toBe(
      'The request is not valid: {path} $& $1',
    );
  });

  test('is told from other errors, by code if one is given', () => {
    const error = new AppError('interrupted');
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, 'interrupted')).toBe(true);
    expect(isAppError(error, 'internal')).toBe(false);
    expect(isAppError(new Error('interrupted'))).toBe(false);
  });

  test('is made of anything thrown, keeping what it was', () => {
    const own = new AppError('interrupted');
    expect(toAppError(own)).toBe(own);
    const foreign = new TypeError('x is not a function');
    expect(toAppError(foreign)).toMatchObject({
      code: 'internal',
      details: { message: foreign.message },
      cause: foreign,
    });
    expect(toAppError('plain text').message).toContain('plain text');
  });
});

function blanks(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();
}
