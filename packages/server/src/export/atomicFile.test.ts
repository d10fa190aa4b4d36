import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAtomically } from './atomicFile.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-export-'));
  file = join(folder, 'out.csv');
});
afterEach(() => rm(folder, { recursive: true }));

async function* chunks(...texts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

it('appears under its name when it is whole', async () => {
  expect(await writeAtomically(file, chunks('one,', 'two'), { force: false })).toBe(7);
  expect(await readFile(file, 'utf8')).toBe('one,two');
  expect(await readdir(folder)).toEqual(['out.csv']);
});

it('leaves nothing behind when its source fails, and what was there as it was', async () => {
  await writeFile(file, 'before');
  const failing = writeAtomically(file, chunks('half', new Error('the source broke')), { force: true });
  await expect(failing).rejects.toThrow('the source broke');
  expect(await readdir(folder)).toEqual(['out.csv']);
  expect(await readFile(file, 'utf8')).toBe('before');
});

it('stops when it is told to', async () => {
  const stop = new AbortController();
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks('first');
    stop.abort();
    yield* chunks('second');
  };
  const stopped = writeAtomically(file, source(), { force: false, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  expect(await readdir(folder)).toEqual([]);
});

it('is not written over one that came first meanwhile', async () => {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks('mine');
    await writeFile(file, 'theirs');
  };
  await expect(writeAtomically(file, source(), { force: false })).rejects.toMatchObject({
    code: 'file_exists',
  });
  expect(await readFile(file, 'utf8')).toBe('theirs');
  expect(await readdir(folder)).toEqual(['out.csv']);
});

it('in a folder that is not there cannot be written', async () => {
  const nowhere = join(folder, 'nowhere', 'out.csv');
  await expect(writeAtomically(nowhere, chunks('x'), { force: false })).rejects.toMatchObject({
    code: 'file_unwritable',
  });
});
