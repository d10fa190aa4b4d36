import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { readBackupHeader, verifyBackup } from '../../packages/server/src/store/backup/readBackup.ts';
import { lastBackup } from '../../packages/server/src/store/backups.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { toolsIn } from '../support/taskTools.ts';
import { createTaskStand, type TaskStand } from '../tasks/taskStand.ts';

const database = useCleanDatabase();
let folder: string;
let backups: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-backups-'));
  backups = join(folder, 'backups');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const standOf = (): Promise<TaskStand> => {
  const { db, url } = database();
  return createTaskStand(db, { tasks: toolsIn(folder, {}, url) });
};
const noted = () => lastBackup(database().db);

it('writes a backup that only its owner can read, reads it back, and notes it', async () => {
  const stand = await standOf();
  const run = await stand.task('backup', {});
  expect([run.state, await stand.stepStates(run.id)]).toEqual(['success', ['done', 'done', 'done']]);
  const [name = ''] = await readdir(backups);
  const path = join(backups, name);
  expect(name).toMatch(new RegExp(`^tapekeeper-\\d{4}-\\d{2}-\\d{2}-${run.id}\\.backup$`));
  expect((await stat(path)).mode & 0o077).toBe(0);
  expect((await stat(backups)).mode & 0o077).toBe(0);
  expect(await readBackupHeader(path)).toMatchObject({ productVersion: '1.2.3', mode: 'replay' });
  const whole = await verifyBackup(path);
  expect(await noted()).toMatchObject({ file: path });
  expect(run.result).toMatchObject({ path, rows: whole.rows, removed: [] });
  expect((await stand.logOf(run.id)).at(-1)).toContain('read back whole');
});

it('keeps the newest, and leaves what others have put there', async () => {
  const stand = await standOf();
  await mkdir(backups, { recursive: true });
  await writeFile(join(backups, 'mine.backup'), 'by hand');
  await writeFile(join(backups, 'tapekeeper-2024-01-02-1.backup.new-1234abcd'), 'of a killed one');
  const ids: number[] = [];
  for (let turn = 0; turn < 3; turn++) ids.push((await stand.task('backup', {})).id);
  const kept = (await readdir(backups)).map((name) => /-(\d+)\.backup$/.exec(name)?.[1] ?? name);
  expect(kept.toSorted()).toEqual([...ids.slice(1).map(String), 'mine.backup'].toSorted());
});

it('removes nothing and notes nothing while the new one cannot be read back', async () => {
  const { db, url } = database();
  const tools = toolsIn(folder, {}, url);
  const stand = await createTaskStand(db, { tasks: tools });
  const good = (await stand.task('backup', {})).id;
  const broken = await createTaskStand(db, {
    tasks: {
      ...tools,
      backupsKept: 1,
      backups: {
        ...tools.backups,
        async write(name, signal, onBytes) {
          const file = await tools.backups.write(name, signal, onBytes);
          const bytes = await readFile(file.path);
          bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0x55, bytes.length >> 1);
          await writeFile(file.path, bytes);
          return file;
        },
      },
    },
  });
  const run = await broken.task('backup', {}, { maxAttempts: 1 });
  expect([run.state, run.error?.code]).toEqual(['failed', 'backup_unreadable']);
  expect((await readdir(backups)).some((name) => name.endsWith(`-${good}.backup`))).toBe(true);
  expect((await noted())?.file).toContain(`-${good}.backup`);
});

it('leaves nothing behind when it is stopped half-way', async () => {
  const { db, url } = database();
  const tools = toolsIn(folder, {}, url);
  const stopped = new AbortController();
  const stand = await createTaskStand(db, {
    tasks: {
      ...tools,
      backups: {
        ...tools.backups,
        write: (name, signal, onBytes) =>
          tools.backups.write(name, signal, (bytes) => {
            stopped.abort();
            onBytes(bytes);
          }),
      },
    },
  });
  await stand.begin('backup', {});
  await stand.workOne(stopped.signal).catch(() => {});
  expect(await readdir(backups)).toEqual([]);
  expect(await noted()).toBeUndefined();
});

it('fails where the folder cannot be written', async () => {
  await writeFile(backups, 'a file is in the way');
  const stand = await standOf();
  const run = await stand.task('backup', {}, { maxAttempts: 1 });
  expect([run.state, run.error?.code]).toEqual(['failed', 'file_unwritable']);
  expect(await database().db.rows(sql`SELECT FROM tapekeeper.backup`)).toEqual([]);
});
