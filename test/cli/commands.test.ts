import { join } from 'node:path';
import type { Cell, Coverage, Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld } from './smallWorld.ts';

// The commands beside a server that runs, and the reading ones again without it: the answers are the same.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;
let url: string;

/** A day on which 600027.SH did not trade. */
const SUSPENDED = '2024-07-22';

beforeAll(async () => {
  world = await makeSmallWorld();
  const dataDir = await dirs.prepared();
  env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_REPLAY_DATA: world.folder, TAPEKEEPER_DATA_DIR: dataDir };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  url = (await announced<{ url: string }>(server)).url;
  await succeed(['sync', 'daily_bars', '--from', FIRST_DAY], env);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

async function text(...args: string[]): Promise<string> {
  const ended = await tapekeeper(args, env);
  expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
  return ended.stdout;
}

async function result<T>(...args: string[]): Promise<T> {
  const ended = await tapekeeper([...args, '--json'], env);
  expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
  return resultOf<T>(ended);
}

describe('beside a running server', () => {
  it('status names the server, the mode and the sources', async () => {
    const status = await text('status');
    expect(status).toContain(url);
    expect(status).toMatch(/mode +replayed data/);
    expect(status).toMatch(/tushare +stock_basics, trade_calendar/);
    expect(await text('status', '--lang', 'zh')).toMatch(/模式 +回放数据/);
  });

  it('runs lists what was done, with the lists under the run that needed them', async () => {
    const lines = (await text('runs')).split('\n');
    expect(lines[0]).toMatch(/^run +data set +days +state/);
    expect(lines.filter((line) => / {2}(stock_basics|trade_calendar) /.test(line))).toHaveLength(2);
    const { runs } = await result<{ runs: Run[] }>('runs', '--dataset', 'daily_bars', '--state', 'success');
    expect(runs.map((run) => run.dataset)).toEqual(['daily_bars']);
  });

  it('runs shows one run with the symbols that were not simply served', async () => {
    const details = await text('runs', '1');
    expect(details).toMatch(/state +success/);
    expect(details).toMatch(/suspended +600027\.SH +10 +baostock/);
  });

  it('coverage counts cells, and tells suspended from missing', async () => {
    const { datasets } = await result<Coverage>('coverage', 'daily_bars');
    expect(datasets[0]?.cells).toMatchObject({ expected: 500, gaps: 0, absent: 0 });
    expect(datasets[0]?.cells?.suspended).toBeGreaterThan(0);
    expect(await text('coverage')).toMatch(/daily_bars +2024-07-01 – 2024-12-31 +100 %/);
  });

  it('why gives the row with source and run, or the reason', async () => {
    const covered = await text('why', '600000.SH', LAST_DAY);
    expect(covered).toMatch(/^600000\.SH {2}浦发银行 {2}2024-12-31 {2}daily_bars\n\ncovered/);
    expect(covered).toMatch(/close +10\.29/);
    expect(await text('why', '600000.SH', '2024-12-29')).toContain('closed');
    expect((await result<Cell>('why', '600027.SH', SUSPENDED)).status).toBe('suspended');
    expect((await result<Cell>('why', '600000.SH', FIRST_DAY, '--dataset', 'adj_factors')).status).toBe(
      'missing',
    );
  });

  it('db url opens a database that can be read, and by that role not written', async () => {
    const db = await connect({
      url: (await text('db', 'url')).trim(),
      max: 1,
      applicationName: 'tests',
      statementTimeoutMs: 5000,
    });
    try {
      const { bars } = await db.one(
        sql<{ bars: number }>`SELECT count(*) AS bars FROM daily_bars WHERE symbol = '600000.SH'`,
      );
      expect(bars).toBe(125);
      await expect(db.rows(sql`DELETE FROM market.daily_bars`)).rejects.toThrow(
        /read-only|permission denied/,
      );
    } finally {
      await db.close();
    }
    expect(new URL(await text('db', 'url', '--owner')).username).toBe('tapekeeper_owner');
    expect(await result('db', 'url', '--runtime')).toMatchObject({ role: 'runtime' });
  });

  it('sync --dry-run says what would be done', async () => {
    const plan = await text('sync', 'daily_basics', '--from', FIRST_DAY, '--source', 'tushare', '--dry-run');
    expect(plan).toMatch(/^data set +daily_basics/);
    expect(plan).toMatch(/items +4 +\(a symbol each\)/);
    expect(plan).toMatch(/calls +4$/m);
    expect(plan).toMatch(/cells +500$/m);
  });

  it('sync hands the wish to the server, and need not wait for it', async () => {
    const ended = await tapekeeper(['sync', 'adj_factors', '--from', FIRST_DAY, '--no-wait', '--json'], env);
    expect(ended.code).toBe(EXIT.ok);
    const { run } = resultOf<{ run: Run }>(ended);
    expect(run.state).not.toBe('success');
    const waited = await tapekeeper(['sync', 'adj_factors', '--from', FIRST_DAY, '--json'], env);
    expect(resultOf(waited)).toMatchObject({ run: { state: 'success' } });
  });

  it('repair looks for gaps in everything that has been collected', async () => {
    const ended = await tapekeeper(['repair', '--json'], env);
    expect(ended.code).toBe(EXIT.ok);
    const { runs } = resultOf<{ runs: Run[] }>(ended);
    expect(runs.map((run) => run.type)).toContain('repair');
    expect(runs.every((run) => run.state === 'success')).toBe(true);
  });

  it('doctor finds nothing wrong, and shows what a source sends beside what is read from it', async () => {
    const checks = await text('doctor');
    expect(checks).toMatch(/database +ok +PostgreSQL \d+/);
    expect(checks).toMatch(/port +ok +tapekeeper answers at/);
    const asked = await result<{ ok: boolean; sources: { source: string; raw: string; parsed: unknown }[] }>(
      'doctor',
      '--sources',
    );
    expect(asked.ok).toBe(true);
    expect(asked.sources.map(({ source }) => source)).toEqual(['tushare', 'akshare', 'baostock']);
    expect(asked.sources[0]?.raw).toContain('"ts_code"');
    expect(JSON.stringify(asked.sources[0]?.parsed)).toContain('"trade_date"');
  });

  it('backup and restore carry everything into a new directory', async () => {
    const file = join(await dirs.make(), 'backup');
    // on a slow machine it tells how far it is
    const ended = await tapekeeper(['backup', file, '--json'], env);
    expect(ended.code).toBe(EXIT.ok);
    const made = resultOf<{ rows: number; tables: number }>(ended);
    const dataDir = await dirs.make();
    const restored = await tapekeeper(['restore', file, '--json'], { ...env, TAPEKEEPER_DATA_DIR: dataDir });
    expect(resultOf(restored)).toMatchObject({ rows: made.rows, tables: made.tables, dataDir });
    const there = await tapekeeper(['coverage', '--json'], { ...env, TAPEKEEPER_DATA_DIR: dataDir });
    const cells = (coverage: Coverage) => coverage.datasets.map(({ dataset, cells }) => ({ dataset, cells }));
    expect(cells(resultOf(there))).toEqual(cells(await result('coverage')));
  });

  it('migrate has nothing to do', async () => {
    expect(await text('migrate', '--status')).toMatch(/^schema (\d+) of \1\n/);
    expect(await text('migrate')).toContain('up to date');
  });
});

describe('the program itself', () => {
  it('says its version, and how it is used, in both languages', async () => {
    expect(await text('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await text('--help');
    for (const command of [
      'init',
      'start',
      'sync',
      'repair',
      'status',
      'runs',
      'coverage',
      'why',
      'doctor',
      'db',
      'backup',
      'restore',
      'replay',
      'migrate',
    ]) {
      expect(help).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(help).toMatch(/^ {2}77 /m);
    expect(await text('sync', '--help', '--lang', 'zh')).toMatch(/用法：.*sync[\s\S]*参数：[\s\S]*选项：/);
  });
});

describe('without a server', () => {
  let answers: string[];

  beforeAll(async () => {
    answers = [await text('runs'), await text('why', '600000.SH', LAST_DAY)];
    server.signal('SIGTERM');
    await server.ended;
  });

  it('answers the same from the directory, which the server has left well', async () => {
    expect((await server.ended).code).toBe(EXIT.ok);
    expect(await text('status')).toMatch(/server +not running/);
    expect([await text('runs'), await text('why', '600000.SH', LAST_DAY)]).toEqual(answers);
  });

  it('says how the database is started when its address is asked for', async () => {
    const ended = await tapekeeper(['db', 'url'], env);
    expect(ended.code).toBe(EXIT.unavailable);
    expect(ended.stderr).toContain('tapekeeper start');
  });
});
