import { AppError, type ErrorCode } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { firstAnswer, type Route } from './routes.ts';

const failing =
  (code: ErrorCode, host: string = code): Route<string> =>
  () =>
    Promise.reject(new AppError(code, { source: 'akshare', host }));

function listening() {
  const heard: string[] = [];
  return { heard, routeFailed: async ({ code }: AppError) => void heard.push(code) };
}

describe('routes to an answer', () => {
  it('end with the first that answers, and tell of those that failed before', async () => {
    const { heard, routeFailed } = listening();
    const routes = [failing('banned'), failing('timeout'), async () => 'here', failing('internal')];
    expect(await firstAnswer(routes, routeFailed)).toBe('here');
    expect(heard).toEqual(['banned', 'timeout']);
  });

  it.each<[ErrorCode[], ErrorCode]>([
    [['banned', 'transport'], 'banned'],
    [['transport', 'breaker_open', 'timeout'], 'breaker_open'],
    [['breaker_open', 'banned', 'breaker_open'], 'banned'],
    [['transport', 'upstream_refused'], 'upstream_refused'],
  ])('that fail with %s throw %s', async (codes, thrown) => {
    const { routeFailed } = listening();
    const error = await failureOf(
      firstAnswer(
        codes.map((code) => failing(code)),
        routeFailed,
      ),
    );
    expect(error.code).toBe(thrown);
  });

  it('throw the last of equal failures, and tell of the others but for open breakers', async () => {
    const { heard, routeFailed } = listening();
    const routes = [failing('transport', 'one'), failing('breaker_open'), failing('breaker_open', 'two')];
    const error = await failureOf(firstAnswer(routes, routeFailed));
    expect(error.details).toMatchObject({ host: 'two' });
    expect(heard).toEqual(['transport']);
  });

  it.each<ErrorCode>(['malformed', 'interrupted', 'internal'])('go no further after %s', async (code) => {
    const { heard, routeFailed } = listening();
    const routes = [failing('transport'), failing(code), async () => 'never'];
    expect((await failureOf(firstAnswer(routes, routeFailed))).code).toBe(code);
    expect(heard).toEqual(['transport']);
  });
});
