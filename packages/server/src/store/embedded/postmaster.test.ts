import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostmaster, identify, isAlive, pidFileOf, removeForeignPidFile } from './postmaster.ts';

let cluster: string;
beforeEach(async () => {
  cluster = await mkdtemp(join(tmpdir(), 'tapekeeper-postmaster-'));
});
afterEach(() => rm(cluster, { recursive: true, force: true }));

const putPid = (pid: number | string) =>
  writeFile(pidFileOf(cluster), `${pid}\n${cluster}\n1700000000\n15432\n`);
const pidFileStands = () =>
  stat(pidFileOf(cluster)).then(
    () => true,
    () => false,
  );

test('knows a process from its successor of the same number by when it started', async () => {
  const me = await identify(process.pid);
  expect(me?.pid).toBe(process.pid);
  expect(me && (await isAlive(me))).toBe(true);
  expect(await isAlive({ pid: process.pid, startedAt: 'another time' })).toBe(false);
});

test('knows that a process has ended', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  expect(identity && (await isAlive(identity))).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity && (await isAlive(identity))).toBe(false);
});

test.each([0, -5, Number.NaN, 1.5, 2 ** 22 + 1])('finds no process of the number %d', async (pid) => {
  expect(await identify(pid)).toBeUndefined();
});

test('finds no server without a pid file, with a broken one, or with that of a dead process', async () => {
  expect(await findPostmaster(cluster)).toBeUndefined();
  for (const text of ['', 'rubbish', '-17', 2 ** 22 + 1]) {
    await putPid(text);
    expect(await findPostmaster(cluster)).toBeUndefined();
  }
});

test('takes no other living program for the server, and removes only its stale file', async () => {
  await putPid(process.pid);
  expect(await findPostmaster(cluster)).toBeUndefined();
  await removeForeignPidFile(cluster);
  expect(await pidFileStands()).toBe(false);
});

test('leaves the file of a dead process to the server, which looks for what that left', async () => {
  await putPid(2 ** 22 + 1);
  await removeForeignPidFile(cluster);
  expect(await pidFileStands()).toBe(true);
});
