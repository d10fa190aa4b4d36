import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  FireList,
  Job,
  JobChanges,
  JobList,
  JobReport,
  JobVersions,
  Run,
  StarterList,
} from '@tapekeeper/contract';
import { EXIT, STARTERS } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../support/until.ts';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, tapekeeper, type Begun, type Environment } from './program.ts';
import { makeSmallWorld } from './smallWorld.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;
let dataDir: string;

beforeAll(async () => {
  world = await makeSmallWorld();
  dataDir = await dirs.prepared();
  env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_REPLAY_DATA: world.folder, TAPEKEEPER_DATA_DIR: dataDir };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  await announced<{ url: string }>(server);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

const words = (text: string): readonly string[] => text.split(' ');
const MONTH_MS = 30 * 86_400_000;

async function result<T>(...args: readonly string[]): Promise<T> {
  const ended = await tapekeeper(['jobs', ...args, '--json'], env);
  expect(ended).toMatchObject({ code: EXIT.ok });
  return resultOf<T>(ended);
}

describe('tapekeeper jobs', () => {
  it('lists what a first start has made, disabled over replayed data', async () => {
    const { jobs, counts } = await result<JobList>();
    expect(jobs.map((job) => job.key)).toEqual(STARTERS.map((starter) => starter.key));
    expect(counts).toEqual({ enabled: 0, paused: 0, disabled: STARTERS.length });
    const { stdout } = await tapekeeper(['jobs', '--lang', 'zh', '--type', 'workflow'], env);
    expect(stdout).toMatch(/core_daily +编排任务-核心步骤串行执行 +编排 +.*每个交易日/);
    expect((await tapekeeper(['jobs', 'list', '--text', 'nothing'], env)).stdout).toContain('No job is like');
    const { starters } = await result<StarterList>('starters');
    expect(starters.filter((one) => one.jobId === null)).toEqual([]);
    expect((await tapekeeper(['jobs', 'starters', '--install'], env)).stdout).toContain('there already');
  });

  it('makes jobs from options, with every kind of trigger', async () => {
    const made = await result<JobReport>(
      ...words('create bars --sync daily_bars --session close(XSHG)+90m --last-days 7 --name Bars'),
      ...words('--tag mine --tag bars --group g --enable --symbols 600000.SH'),
    );
    expect(made.job).toMatchObject({
      key: 'bars',
      state: 'enabled',
      definition: {
        name: 'Bars',
        tags: ['mine', 'bars'],
        params: { dataset: 'daily_bars', lastDays: 7, symbols: ['600000.SH'] },
        policies: { group: 'g' },
      },
    });
    const triggerOf = async (key: string, ...options: string[]) => {
      const { job } = await result<JobReport>('create', key, '--type', 'statistics', ...options);
      return job.definition.schedule;
    };
    expect(await triggerOf('c', '--cron', '30 16 * * *', '--trading-days')).toMatchObject({
      tradingDaysOnly: true,
      trigger: { kind: 'cron', expression: '30 16 * * *', zone: 'Asia/Shanghai' },
    });
    expect((await triggerOf('e', '--every', '15m')).trigger).toMatchObject({ everySeconds: 900 });
    const at = new Date(Date.parse(made.job.createdAt) + MONTH_MS).toISOString();
    expect((await triggerOf('o', '--at', at)).trigger).toEqual({ kind: 'once', at });
    expect((await triggerOf('a', '--after', 'bars')).trigger).toEqual({ kind: 'after', jobId: made.job.id });
    expect((await triggerOf('m')).trigger).toEqual({ kind: 'manual' });
  });

  it('makes and changes jobs from files, as it has shown them', async () => {
    const file = join(dataDir, 'job.json');
    const flow = {
      name: 'flow',
      type: 'workflow',
      params: { nodes: [{ node: 'bars', jobId: 'bars' }] },
    };
    await writeFile(file, JSON.stringify({ key: 'flow', ...flow }), 'utf8');
    expect(await result('create', '--file', file)).toMatchObject({ job: { key: 'flow', version: 1 } });
    const shown = await tapekeeper(['jobs', 'show', 'flow', '--json'], env);
    const job = resultOf<Job>(shown);
    await writeFile(
      file,
      JSON.stringify({ ...job, definition: { ...job.definition, name: 'other' } }),
      'utf8',
    );
    expect(await result('edit', 'flow', '--file', file)).toMatchObject({
      job: { version: 2, definition: { name: 'other' } },
    });
    expect(await tapekeeper(['jobs', 'edit', 'flow', '--file', file], env)).toMatchObject({
      code: EXIT.busy,
    });
    const copied = await tapekeeper(['jobs', 'create', 'flow2', '--file', '-', '--json'], env, shown.stdout);
    expect(resultOf<JobReport>(copied).job).toMatchObject({ key: 'flow2', state: 'disabled' });
    expect((await tapekeeper(['jobs', 'show', 'flow', '--lang', 'zh'], env)).stdout).toContain('并发组');
  });

  it('steps, copies and deletes jobs, and tells what was done to them', async () => {
    expect(await tapekeeper(['jobs', 'pause', 'c'], env)).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('jobs enable c'),
    });
    expect((await tapekeeper(['jobs', 'enable', 'c'], env)).stdout).toMatch(
      /is enabled\.\nIt runs next at \d{4}-/,
    );
    expect(await result('pause', 'c')).toMatchObject({ job: { state: 'paused' } });
    expect(await result('resume', 'c')).toMatchObject({ job: { state: 'enabled' } });
    expect(await result('disable', 'c')).toMatchObject({ job: { state: 'disabled' } });
    expect(await result('copy', 'c')).toMatchObject({ job: { key: 'c-copy' } });
    expect(await result('delete', 'c-copy')).toMatchObject({ key: 'c-copy' });
    const { changes, versions } = await result<JobChanges & JobVersions>('history', 'c');
    expect(changes.map((one) => one.action)).toEqual(['disabled', 'resumed', 'paused', 'enabled', 'created']);
    expect(versions).toHaveLength(1);
    expect((await tapekeeper(['jobs', 'history', 'c'], env)).stdout).toContain('Versions:');
    expect(await tapekeeper(['jobs', 'delete', 'bars'], env)).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('a, flow'),
    });
  });

  it('runs jobs by hand, and follows them to their end', async () => {
    const { run } = await result<{ run: Run }>(
      ...words('trigger bars --follow --param from=20241202 --param to=2024-12-03'),
    );
    expect(run).toMatchObject({
      state: 'success',
      from: '2024-12-02',
      to: '2024-12-03',
      job: { key: 'bars', version: 1 },
    });
    expect(run.rowsWritten).toBe(2);
    expect(await result<FireList>('fires', 'bars')).toMatchObject({ fires: [] });
    expect(await tapekeeper(['jobs', 'trigger', 'bars', '--param', 'x'], env)).toMatchObject({
      code: EXIT.usage,
    });
    expect(await tapekeeper(['jobs', 'trigger', 'bars', '--param', 'x=1'], env)).toMatchObject({
      code: EXIT.usage,
    });
  });

  it('tells what was decided about each due moment', async () => {
    await result(
      ...words('create tick --type example --param durationSeconds=0 --param steps=1 --every 1s --enable'),
    );
    let fires: FireList['fires'] = [];
    await until(async () => ({ fires } = await result<FireList>('fires', 'tick')).fires.length > 0);
    expect(fires.at(-1)).toMatchObject({ decision: 'ran', jobVersion: 1 });
    expect(fires.at(-1)?.runId).toBeGreaterThan(0);
    const { stdout } = await tapekeeper(['jobs', 'fires', 'tick', '--decision', 'ran', '--lang', 'zh'], env);
    expect(stdout).toMatch(/到期（\+08） +次数 +决定 +原因 +运行 +状态\n\d{4}-/);
    await result('disable', 'tick');
  });

  it.each([
    [['show', 'nobody'], EXIT.notFound, 'There is no job'],
    [['create'], EXIT.usage, 'key is missing'],
    [['create', 'x', '--sync', 'daily_bars', '--repair', 'daily_bars'], EXIT.usage, 'what the job does'],
    [['create', 'x', '--sync', 'daily_bars', '--cron', '* *'], EXIT.usage, 'cron'],
    [
      ['create', 'x', '--sync', 'daily_bars', '--cron', '* * * * *', '--every', '1m'],
      EXIT.usage,
      'one trigger',
    ],
    [['create', 'x', '--type', 'nonsense'], EXIT.usage, 'definition.type'],
    [['create', 'X', '--type', 'statistics'], EXIT.usage, 'small letters'],
    [['edit', 'bars'], EXIT.usage, '--file'],
    [['starters', '--enable', 'all'], EXIT.usage, 'core or none'],
  ])('%j is refused with what to do', async (args, code, text) => {
    const ended = await tapekeeper(['jobs', ...args], env);
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(text) });
  });
});
