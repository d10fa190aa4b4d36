import { AppError } from '@tapekeeper/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { plainLog } from './plainLog.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text).trimEnd());
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

it('writes a line with the facts and the reason, and no inside of the error', () => {
  const error = new AppError('transport', { source: 'tushare', host: 'h', message: 'closed' });
  plainLog('warn', () => []).error({ runId: 7, err: error }, 'shard put back');
  expect(lines).toEqual(['· shard put back (runId 7): tushare cannot be reached at h: closed']);
});

it('leaves out what is below its level, and shows the inside at debug', () => {
  plainLog('warn', () => []).info({}, 'ready');
  expect(lines).toEqual([]);
  plainLog('debug', () => []).error({ err: new Error('odd') }, 'failed');
  expect(lines[0]).toMatch(/^· failed: Error: odd\n {4}at /);
});

it('does not repeat itself, even where a number in the reason changes', () => {
  const log = plainLog('warn', () => []);
  for (const free of [10, 9, 8])
    log.error({ err: new AppError('disk_full', { free, needed: 500, dir: 'd' }) }, 'put back');
  log.error({ err: new AppError('internal', { message: 'x' }) }, 'put back');
  expect(lines).toHaveLength(2);
});

it('masks known secrets', () => {
  plainLog('warn', () => ['a-secret-token']).warn({ message: 'token a-secret-token' }, 'odd');
  expect(lines).toEqual(['· odd (message token ***)']);
});
