import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asOrdinaryUser } from '../../../../test/support/asOrdinaryUser.ts';
import { freeMegabytes, openDataDir, readHolder } from './dataDir.ts';

const HOLD = fileURLToPath(new URL('../../../../test/support/holdDataDirProcess.ts', import.meta.url));

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tapekeeper-datadir-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Another process that holds the directory until it is killed. */
async function holdElsewhere(dir: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [HOLD, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, kill };
}

const snapshot = async (dir: string) =>
  Promise.all((await readdir(dir)).sort().map(async (name) => [name, (await stat(join(dir, name))).mtimeMs]));

test('makes the directory with its parents, closed to other users', async () => {
  const path = join(scratch, 'a', 'b');
  const dir = await openDataDir(path);
  expect((await stat(path)).mode & 0o066).toBe(0);
  expect(dir.path).toBe(path);
  await dir.release();
});

test('refuses a directory that another process holds, names it, and changes nothing', async () => {
  const other = await holdElsewhere(scratch);
  const before = await snapshot(scratch);
  const error = await openDataDir(scratch).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'data_dir_busy', details: { dir: scratch, pid: other.pid } });
  expect(String((error as { details: { since: string } }).details.since)).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(await snapshot(scratch)).toEqual(before);
  await other.kill();
});

test('is free again as soon as its holder was killed', async () => {
  const other = await holdElsewhere(scratch);
  await other.kill();
  expect(await readHolder(scratch)).toMatchObject({ pid: other.pid });
  const dir = await openDataDir(scratch);
  expect(await readHolder(scratch)).toMatchObject({ pid: process.pid });
  await dir.release();
});

test('is not held up by the number of a living process in a stale file, as after a reboot', async () => {
  await writeFile(join(scratch, 'tapekeeper.pid'), `${process.ppid}\n`);
  const dir = await openDataDir(scratch);
  expect(await readHolder(scratch)).toMatchObject({ pid: process.pid });
  await dir.release();
});

test('is held against the same process too', async () => {
  const dir = await openDataDir(scratch);
  await expect(openDataDir(scratch)).rejects.toMatchObject({
    code: 'data_dir_busy',
    details: { pid: process.pid },
  });
  await dir.release();
});

test('can be taken again after release, which may be called twice', async () => {
  const first = await openDataDir(scratch);
  await first.release();
  await first.release();
  const second = await openDataDir(scratch);
  await first.release();
  await expect(openDataDir(scratch)).rejects.toMatchObject({ code: 'data_dir_busy' });
  await second.release();
  expect(await readHolder(scratch)).toBeUndefined();
});

test('gives the directory to one of many that ask at once', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => openDataDir(scratch)));
  const won = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  expect(won).toHaveLength(1);
  await won[0]?.release();
});

test('says what is wrong with a path that is no directory', async () => {
  const file = join(scratch, 'file');
  await writeFile(file, '');
  await expect(openDataDir(file)).rejects.toMatchObject({
    code: 'data_dir_unusable',
    details: { dir: file },
  });
  await expect(openDataDir(join(file, 'below'))).rejects.toMatchObject({ code: 'data_dir_unusable' });
});

test('says what is wrong with a directory that may not be written', async () => {
  await chmod(scratch, 0o500);
  await asOrdinaryUser(scratch, async () => {
    await expect(openDataDir(scratch)).rejects.toMatchObject({ code: 'data_dir_unusable' });
  });
  await chmod(scratch, 0o700);
});

test('writes who holds it and nothing else', async () => {
  const dir = await openDataDir(scratch);
  expect((await readdir(scratch)).sort()).toEqual(['tapekeeper.lock', 'tapekeeper.pid']);
  expect(await readFile(join(scratch, 'tapekeeper.pid'), 'utf8')).toBe(`${process.pid}\n`);
  await dir.release();
});

test('tells the free space in whole megabytes', async () => {
  const free = await freeMegabytes(scratch);
  expect(Number.isInteger(free) && free > 0).toBe(true);
});
