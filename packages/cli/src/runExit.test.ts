import type { Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { exitOfRun, worstExit } from './runExit.ts';

const ended = (state: Run['state'], code?: string): Run =>
  ({ state, error: code === undefined ? null : { code, message: '' } }) as Run;

it('is that of the error where a run has failed as a whole', () => {
  expect(exitOfRun(ended('failed', 'bad_token'))).toBe(EXIT.noPermission);
  expect(exitOfRun(ended('failed', 'unknown_symbol'))).toBe(EXIT.usage);
  expect(exitOfRun(ended('failed'))).toBe(EXIT.unavailable);
  expect(exitOfRun(ended('failed', 'a_code_of_a_newer_server'))).toBe(EXIT.unavailable);
});

it('is 1 where something was left undone, and 0 else', () => {
  expect(exitOfRun(ended('success'))).toBe(EXIT.ok);
  expect(exitOfRun(ended('success_with_errors'))).toBe(EXIT.partial);
  expect(exitOfRun(ended('cancelled'))).toBe(EXIT.partial);
});

it('is the worst of several', () => {
  expect(worstExit([])).toBe(EXIT.ok);
  expect(worstExit([EXIT.ok, EXIT.partial, EXIT.ok])).toBe(EXIT.partial);
  expect(worstExit([EXIT.partial, EXIT.unavailable, EXIT.noPermission])).toBe(EXIT.unavailable);
});
