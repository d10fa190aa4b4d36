import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asOrdinaryUser } from '../../../../../test/support/asOrdinaryUser.ts';
import { prepareBinaries } from './binaries.ts';
import { copyBinaries } from './binariesCopy.ts';
import { findPackage, type BinariesPackage } from './binariesPackage.ts';

let scratch: string;
let runtime: string;
let found: BinariesPackage;

/** A package as npm unpacks it without running install scripts: no links yet. */
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tapekeeper-binaries-'));
  runtime = join(scratch, 'runtime');
  const native = join(scratch, 'native');
  const files = {
    'bin/initdb': 'i',
    'bin/postgres': 'p',
    'lib/libx.so.1.2': 'x',
    'lib/libx.a': 'a',
    'share/deep/tz': 't',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(native, path)), { recursive: true });
    await writeFile(join(native, path), text, { mode: path.startsWith('bin') ? 0o755 : 0o644 });
  }
  found = { native, version: '18.4', links: [{ from: 'lib/libx.so', to: 'lib/libx.so.1.2' }] };
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const copies = async () => (await readdir(runtime)).filter((name) => !name.startsWith('.'));

test('finds the binaries that this platform has installed', async () => {
  const real = await findPackage();
  expect(real.version).toMatch(/^\d+\.\d+$/);
  expect((await stat(join(real.native, 'bin'))).isDirectory()).toBe(true);
});

test('makes the missing links and runs in place', async () => {
  const binaries = await prepareBinaries(runtime, undefined, found);
  expect(binaries).toEqual({
    initdb: join(found.native, 'bin/initdb'),
    postgres: join(found.native, 'bin/postgres'),
    major: 18,
  });
  expect(await readlink(join(found.native, 'lib/libx.so'))).toBe('libx.so.1.2');
  await expect(stat(runtime)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('runs from a copy when a link in place leads nowhere', async () => {
  await symlink('gone', join(found.native, 'lib/libx.so'));
  const { postgres } = await prepareBinaries(runtime, undefined, found);
  expect(postgres.startsWith(runtime)).toBe(true);
  expect(await readFile(join(dirname(postgres), '../lib/libx.so'), 'utf8')).toBe('x');
});

test('runs from a copy when a program in place may not be run', async () => {
  await chmod(join(found.native, 'bin/postgres'), 0o644);
  const { postgres } = await prepareBinaries(runtime, undefined, found);
  expect(postgres.startsWith(runtime)).toBe(true);
  expect((await stat(postgres)).mode & 0o777).toBe(0o755);
});

test('runs from a copy when the links cannot be made', async () => {
  await chmod(join(found.native, 'lib'), 0o555);
  const { postgres } = await asOrdinaryUser(scratch, () => prepareBinaries(runtime, undefined, found));
  expect(postgres.startsWith(runtime)).toBe(true);
  await chmod(join(found.native, 'lib'), 0o755);
});

test('copies a package that is closed to others so that all can read it, without what only builds need', async () => {
  await chmod(found.native, 0o700);
  await chmod(join(found.native, 'share/deep/tz'), 0o600);
  const copy = await copyBinaries(found, runtime, undefined);
  for (const path of ['', 'bin', 'lib', 'share', 'share/deep'])
    expect((await stat(join(copy, path))).mode & 0o777).toBe(0o755);
  expect((await stat(join(copy, 'share/deep/tz'))).mode & 0o777).toBe(0o644);
  expect((await lstat(join(copy, 'lib/libx.so'))).isSymbolicLink()).toBe(true);
  expect(await readdir(join(copy, 'lib'))).not.toContain('libx.a');
});

test('uses a copy again that is whole, and makes one anew that has lost something', async () => {
  const copy = await copyBinaries(found, runtime, undefined);
  const { ino } = await stat(copy);
  expect(await copyBinaries(found, runtime, undefined)).toBe(copy);
  expect((await stat(copy)).ino).toBe(ino);
  for (const lost of ['share/deep/tz', 'lib/libx.so']) {
    await rm(join(copy, lost));
    expect(await copyBinaries(found, runtime, undefined)).toBe(copy);
    expect(await readFile(join(copy, lost), 'utf8')).not.toBe('');
  }
});

test('keeps the copies of two versions apart', async () => {
  const first = await copyBinaries(found, runtime, undefined);
  await writeFile(join(found.native, 'bin/postgres'), 'longer');
  const second = await copyBinaries(found, runtime, undefined);
  expect(second).not.toBe(first);
  expect(await readFile(join(second, 'bin/postgres'), 'utf8')).toBe('longer');
});

test('comes to one whole copy when many start at once', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => copyBinaries(found, runtime, undefined)));
  expect(new Set(made).size).toBe(1);
  expect(await readdir(runtime)).toHaveLength(1);
});

test('removes what a killed copy left, and nothing of a living one', async () => {
  const dead = join(runtime, `.postgres-18.4-abc.${2 ** 22 + 1}-01234567`);
  const living = join(runtime, `.postgres-18.4-abc.${process.ppid}-01234567`);
  for (const folder of [dead, living]) await mkdir(folder, { recursive: true });
  await copyBinaries(found, runtime, undefined);
  expect(await copies()).toHaveLength(1);
  await expect(stat(dead)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await stat(living)).isDirectory()).toBe(true);
});

test('runs nothing from a folder that others can write', async () => {
  await mkdir(runtime);
  await chmod(runtime, 0o777);
  await expect(copyBinaries(found, runtime, undefined)).rejects.toMatchObject({
    code: 'database_start_failed',
  });
});
