import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunAttempts, RunList } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { tokenFileOf } from '../../packages/server/src/http/apiToken.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { dataDirs } from '../cli/dataDirs.ts';
import { announced, begin, resultOf, tapekeeper, type Begun, type Environment } from '../cli/program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld, SYMBOLS } from '../cli/smallWorld.ts';
import { until } from '../support/until.ts';

// A server that is told to stop, or whose runs are, while it works: the real program over an upstream that is silent.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let upstream: Begun;
let server: Begun;
let env: Environment;
let dataDir: string;
let url: string;

beforeAll(async () => (world = await makeSmallWorld()));
afterAll(async () => {
  await dirs.remove();
  await world.remove();
});

/** The first answer for the last of the symbols never comes; the next try gets it. */
beforeEach(async () => {
  dataDir = await dirs.prepared();
  const file = join(dataDir, 'faults.json');
  const match = { protocol: 'tushare', api: 'daily', symbol: SYMBOLS.at(-1) };
  await writeFile(file, JSON.stringify([{ match, fault: { kind: 'silence' }, times: 1 }]));
  upstream = begin(['replay', '--data', world.folder, '--faults', file, '--json']);
  const urls = await announced<{ tushareUrl: string; baostockUrl: string }>(upstream);
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_MARKET_DAY: LAST_DAY,
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: urls.tushareUrl,
    TAPEKEEPER_BAOSTOCK_URL: urls.baostockUrl,
  };
  await startServer();
});

afterEach(async () => {
  for (const process of [server, upstream]) {
    process.signal('SIGTERM');
    await process.ended;
  }
});

async function startServer(): Promise<void> {
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  ({ url } = await announced<{ url: string }>(server));
}

async function post(path: string, body: object): Promise<Run> {
  const token = (await readFile(tokenFileOf(dataDir), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Run;
}

async function read(id: number): Promise<Run> {
  return (await (await fetch(new URL(`/v1/runs/${id}`, url))).json()) as Run;
}

/** What the first source was asked; the second one is asked for the days on which nobody traded. */
function askedOfTushare(run: Run): { items: number; calls: number } | undefined {
  const served = run.servedBy.find(({ source }) => source === 'tushare');
  return served && { items: served.items, calls: served.calls };
}

/** A sync of which some is done, and whose worker waits for an answer that does not come. */
async function underWay(): Promise<Run> {
  const run = await post('/v1/runs', { dataset: 'daily_bars', from: FIRST_DAY });
  await until(async () => (await read(run.id)).progress.itemsDone === 2);
  return run;
}

it('stopped under load, it ends well at once, and what was in flight goes on with the next start', async () => {
  const run = await underWay();
  server.signal('SIGTERM');
  expect((await server.ended).code).toBe(EXIT.ok);

  await startServer();
  await until(async () => (await read(run.id)).finishedAt !== null);
  const ended = await read(run.id);
  expect(ended).toMatchObject({ state: 'success', attempt: 1, progress: { itemsFailed: 0 } });
  expect(askedOfTushare(ended)).toEqual({ items: SYMBOLS.length, calls: SYMBOLS.length });
});

it('told twice, it ends without waiting, and loses nothing that was committed', async () => {
  const run = await underWay();
  server.signal('SIGTERM');
  await server.says(/stopping/i);
  server.signal('SIGINT');
  expect([EXIT.ok, 128 + 2]).toContain((await server.ended).code);
  await startServer();
  await until(async () => (await read(run.id)).finishedAt !== null);
  expect(await read(run.id)).toMatchObject({ state: 'success', progress: { itemsFailed: 0 } });
  expect(askedOfTushare(await read(run.id))).toEqual({ items: SYMBOLS.length, calls: SYMBOLS.length });
});

it('its runs are cancelled, taken up, explained and deleted by command', async () => {
  const result = async <T>(...args: readonly string[]): Promise<T> => {
    const ended = await tapekeeper([...args, '--json'], env);
    expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
    return resultOf<T>(ended);
  };
  const run = await underWay();
  const id = String(run.id);
  await result<Run>('runs', 'cancel', id, '--reason', 'it hangs', '--author', 'ann');
  await until(async () => (await read(run.id)).state === 'cancelled');
  expect(await read(run.id)).toMatchObject({
    stop: { by: 'ann', reason: 'it hangs' },
    progress: { itemsDone: 2 },
  });
  expect((await tapekeeper(['runs', 'fail', id], env)).stderr).toContain('--reason');

  const taken = await result<Run>('runs', 'resume', id);
  expect(taken.resumesRunId).toBe(run.id);
  await until(async () => (await read(taken.id)).finishedAt !== null);
  expect(await read(taken.id)).toMatchObject({ state: 'success' });
  expect(askedOfTushare(await read(taken.id))).toEqual({ items: 2, calls: 2 });

  const tried = await result<RunAttempts>('runs', 'attempts', id);
  expect(tried.run).toMatchObject([{ no: 1, error: null }]);
  expect(tried.items).toHaveLength(2);
  expect((await tapekeeper(['runs', 'attempts', id, '--lang', 'zh'], env)).stdout).toContain('工作项的尝试');
  expect(await result('runs', 'delete', id)).toEqual({ deleted: run.id });
  expect((await result<RunList>('runs')).runs.map((one) => one.id)).not.toContain(run.id);
});
