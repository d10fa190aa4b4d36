import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastComplaints, pruneServerLog } from './serverLog.ts';

let cluster: string;
beforeEach(async () => {
  cluster = await mkdtemp(join(tmpdir(), 'tapekeeper-log-'));
  await mkdir(join(cluster, 'log'));
});
afterEach(() => rm(cluster, { recursive: true, force: true }));

const put = (name: string, text = '') => writeFile(join(cluster, 'log', name), text);

test('keeps the newest files of the log and whatever else lies there', async () => {
  for (let day = 10; day < 20; day += 1) await put(`postgres-202401${day}-000000.log`);
  await put('notes.txt');
  await pruneServerLog(cluster);
  expect((await readdir(join(cluster, 'log'))).sort()).toEqual([
    'notes.txt',
    ...[15, 16, 17, 18, 19].map((day) => `postgres-202401${day}-000000.log`),
  ]);
});

test('quotes the last complaints of the newest file, without their times', async () => {
  await put('postgres-20240101-000000.log', '2024-01-01 UTC [1] FATAL:  an old one\n');
  await put(
    'postgres-20240102-000000.log',
    '2024-01-02 UTC [1] LOG:  starting\n2024-01-02 UTC [1] FATAL:  could not do it\n2024-01-02 UTC [1] HINT:  Do that.\n',
  );
  expect(await lastComplaints(cluster)).toBe('could not do it Do that.');
});

test('has nothing to quote where there is no log', async () => {
  await rm(join(cluster, 'log'), { recursive: true });
  expect(await lastComplaints(cluster)).toBe('');
});
