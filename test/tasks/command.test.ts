import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { birthOf } from '../../packages/server/src/command/processGroup.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { ageWorker } from '../support/queue.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { SECRET, toolsWithPrograms } from './programs.ts';
import { createTaskStand, type TaskStand } from './taskStand.ts';

const WORKER = fileURLToPath(new URL('./workerProcess.ts', import.meta.url));
const database = useCleanDatabase();
const endings: (() => void | Promise<void>)[] = [];
let folder: string;
let stand: TaskStand;

beforeEach(async () => {
  folder = await temporaryFolder();
  stand = await createTaskStand(database().db, { tasks: toolsWithPrograms(folder) });
});
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const runs = async (pid: number): Promise<boolean> => (await birthOf(pid)) !== '';
const noted = () => stand.db.rows<{ pid: number }>(sql`SELECT pid FROM tapekeeper.command_process`);

describe('a command', () => {
  it('runs an allowed program, keeps its lines and says how it went', async () => {
    const code = 'console.log("数据"); console.error("careful")';
    const run = await stand.task('command', { program: 'node', args: ['-e', code] });
    expect(run).toMatchObject({
      state: 'success',
      error: null,
      result: {
        program: 'node',
        args: ['-e', code],
        directory: `${folder}/work`,
        exitCode: 0,
        signal: null,
        outputLines: 2,
        outputCut: false,
        errorSummary: 'careful',
      },
    });
    expect(run.result?.['durationMs']).toBeGreaterThan(0);
    const lines = await stand.deps.store.runLog(run.id, 0, 10);
    expect(lines.map(({ stream, line }) => `${stream} ${line}`).toSorted()).toEqual([
      'err careful',
      'out 数据',
    ]);
    expect(await stand.stepStates(run.id)).toEqual(['done', 'done']);
    expect(await noted()).toEqual([]);
  });

  it('fails with the exit code and the last words of its program, and is not tried again', async () => {
    const run = await stand.task('command', {
      program: 'sh',
      args: ['-c', 'echo no such table >&2; exit 3'],
    });
    expect(run).toMatchObject({
      state: 'failed',
      attempt: 1,
      result: { exitCode: 3, errorSummary: 'no such table' },
      error: { code: 'command_failed' },
    });
    expect(run.error?.message).toContain('exit code 3');
    expect(run.error?.message).toContain('no such table');
  });

  it.each([
    ['a program that nobody allowed', { program: 'rm', args: [] }, 'command_not_allowed'],
    [
      'a folder elsewhere',
      { program: 'sh', args: ['-c', 'touch x'], directory: '/tmp' },
      'command_directory',
    ],
    ['a way out by dots', { program: 'sh', args: [], directory: '../..' }, 'command_directory'],
  ])('is refused %s, once and for all', async (_, wish, code) => {
    const run = await stand.task('command', wish);
    expect(run).toMatchObject({ state: 'failed', attempt: 1, error: { code } });
    expect(await stand.stepStates(run.id)).toEqual(['failed', 'skipped']);
  });

  it('shows no secret: not in its lines, its result, its steps or its error', async () => {
    const args = ['-c', `echo ${SECRET}; echo ${SECRET} >&2; exit 1`];
    const run = await stand.task('command', { program: 'sh', args });
    const kept = [await stand.logOf(run.id), run.result, run.error, await stand.deps.store.runSteps(run.id)];
    expect(JSON.stringify(kept)).not.toContain(SECRET);
    expect(await stand.logOf(run.id)).toEqual(['***', '***']);
    expect(run.result).toMatchObject({ errorSummary: '***' });
  });

  it('shows its lines while it runs, and is ended with all that it began when it is told to stop', async () => {
    const id = await stand.begin('command', { program: 'sh', args: ['-c', 'sleep 300 & echo $$ $!; wait'] });
    const stop = new AbortController();
    endings.push(() => stop.abort());
    const working = stand.workOne(stop.signal);
    await until(async () => (await stand.logOf(id)).length > 0);
    const pids = ((await stand.logOf(id))[0] ?? '').split(' ').map(Number);
    expect(await noted()).toEqual([{ pid: pids[0] }]);
    for (const pid of pids) expect(await runs(pid)).toBe(true);

    stop.abort();
    await working;
    for (const pid of pids) expect(await runs(pid)).toBe(false);
    expect(await noted()).toEqual([]);
    expect((await stand.run(id)).finishedAt).toBeNull();
  });

  it('is cancelled only when nothing of it runs any more', async () => {
    const script = "trap '' TERM; echo $$; while :; do sleep 1; done";
    const id = await stand.begin('command', { program: 'sh', args: ['-c', script] });
    const { ended, hear } = stand.workHearing();
    await until(async () => (await stand.logOf(id)).length > 0);
    const pid = Number((await stand.logOf(id))[0]);
    const wish = { end: 'cancelled', code: 'cancelled', reason: 'enough', by: 'me' } as const;
    expect(await stand.deps.store.stopRun(id, wish, false)).toBe('running');
    await hear();
    await ended;
    expect(await runs(pid)).toBe(false);
    expect((await stand.run(id)).state).toBe('cancelled');
    expect(await stand.stepStates(id)).toEqual(['done', 'cancelled']);
    expect(await noted()).toEqual([]);
  });

  it('ends when its claim is lost, though it says nothing', async () => {
    const id = await stand.begin('command', { program: 'sh', args: ['-c', 'exec sleep 300'] });
    const working = stand.workOne();
    await until(async () => ((await noted())[0]?.pid ?? 0) > 0);
    const [{ pid } = { pid: 0 }] = await noted();
    await stand.db.rows(
      sql`UPDATE tapekeeper.shard SET fence = fence + 1, worker_id = NULL WHERE run_id = ${id}`,
    );
    await working;
    expect(await runs(pid)).toBe(false);
  });

  it('takes no longer than it may', async () => {
    const hasty = await createTaskStand(database().db, {
      tasks: toolsWithPrograms(folder),
      // an hour is over when the program has begun
      clock: {
        ...stand.deps.clock,
        sleep: (ms, signal) =>
          ms < 3_600_000
            ? stand.deps.clock.sleep(ms, signal)
            : until(async () => ((await noted())[0]?.pid ?? 0) > 0),
      },
    });
    const run = await hasty.task('command', { program: 'sh', args: ['-c', 'exec sleep 300'] });
    expect(run).toMatchObject({
      state: 'failed',
      error: { code: 'command_timed_out' },
      result: { exitCode: null, signal: 'SIGTERM' },
    });
  });
});

describe('a killed worker', () => {
  it('leaves its program running, which the next attempt ends before it begins', async () => {
    // the first time it runs for ever; the second time it finds that it has been there
    const script = 'if [ -e mark ]; then echo again; else touch mark; sleep 300 & echo $$ $!; wait; fi';
    const id = await stand.begin('command', { program: 'sh', args: ['-c', script] });
    const worker = spawn(process.execPath, [WORKER, database().url, folder], { stdio: 'inherit' });
    const ended = once(worker, 'exit');
    endings.push(async () => {
      worker.kill('SIGKILL');
      await ended;
    });
    await until(async () => (await stand.logOf(id)).length > 0);
    const pids = ((await stand.logOf(id))[0] ?? '').split(' ').map(Number);
    worker.kill('SIGKILL');
    await ended;
    for (const pid of pids) expect(await runs(pid)).toBe(true);

    const { holder } = await stand.db.one<{ holder: number }>(sql`
      SELECT worker_id AS holder FROM tapekeeper.shard WHERE run_id = ${id}`);
    await ageWorker(stand.db, holder, 60_000);
    expect(await stand.rescue()).toMatchObject([{ runId: id }]);
    await stand.work();
    for (const pid of pids) expect(await runs(pid)).toBe(false);
    expect((await stand.run(id)).state).toBe('success');
    expect(await stand.logOf(id)).toEqual([
      pids.join(' '),
      `what was left of a program of run ${id} was ended`,
      'again',
    ]);
    expect(await noted()).toEqual([]);
  });
});
