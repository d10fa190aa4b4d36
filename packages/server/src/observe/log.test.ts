import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from './log.ts';

let written = '';
beforeEach(() => {
  written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

it('masks known secrets in every field and text, as they stand in JSON and in addresses', () => {
  const awkward = 'a "quoted" back\\slash&secret';
  const log = createLog('debug', () => ['token-of-settings']);
  log.hide(awkward);
  log.warn(
    { a: 'token-of-settings', b: { c: awkward }, path: `/x?token=${encodeURIComponent(awkward)}` },
    `about ${awkward}`,
  );
  log.error({ err: new Error('failed with token-of-settings') }, 'failed');
  expect(written).toContain('***');
  expect(written).not.toContain('token-of-settings');
  expect(written).not.toMatch(/quoted|slash/);
  for (const line of written.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

it('masks nothing so short that it would be found everywhere', () => {
  const log = createLog('info', () => []);
  log.hide('a');
  log.info({}, 'a banana');
  expect(written).toContain('a banana');
});
