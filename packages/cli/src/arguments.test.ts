import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { symbolList, wholeNumber } from './arguments.ts';
import { sayIn } from './texts.ts';

const context = { say: sayIn('en') };

it('reads whole numbers and nothing else', () => {
  expect(wholeNumber(context, 'RUN', '12')).toBe(12);
  for (const text of ['', '-1', '1.5', '1e3', '0x10', '12 ', '99999999999999999999']) {
    expect(() => wholeNumber(context, 'RUN', text)).toThrow(/no whole number/);
  }
});

it('reads symbols with commas, spaces or line ends between them, from a file too', async () => {
  expect(await symbolList(context, '600000.SH,000001.SZ')).toEqual(['600000.SH', '000001.SZ']);
  const folder = await mkdtemp(join(tmpdir(), 'tapekeeper-symbols-'));
  const file = join(folder, 'list');
  await writeFile(file, '600000.SH\r\n000001.SZ, 000002.SZ\n\n');
  expect(await symbolList(context, `@${file}`)).toEqual(['600000.SH', '000001.SZ', '000002.SZ']);
  await rm(folder, { recursive: true });
});

it('refuses a list without symbols, and a file that is not there', async () => {
  for (const text of ['', ' , ', '@/no/such/file']) {
    const error: unknown = await symbolList(context, text).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'usage')).toBe(true);
  }
});
