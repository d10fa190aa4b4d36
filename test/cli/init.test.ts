import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, tapekeeper, type Begun, type Environment } from './program.ts';
import { makeSmallWorld } from './smallWorld.ts';

// A replay upstream plays the real sources; it refuses short tokens and, here, one interface.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
const TOKEN = 'a-token-of-the-tests';
const DENIED = [
  {
    match: { protocol: 'tushare', api: 'adj_factor' },
    fault: { kind: 'error', code: 40203, message: '抱歉，您没有接口访问权限' },
  },
];
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let upstream: Begun;
let env: Environment;
let dataDir: string;

beforeAll(async () => {
  world = await makeSmallWorld();
  dataDir = dirs.name();
  const faults = join(await dirs.make(), 'faults.json');
  await writeFile(faults, JSON.stringify(DENIED));
  upstream = begin(['replay', '--data', world.folder, '--faults', faults, '--json']);
  const urls = await announced<{ tushareUrl: string; akshareUrl: string; baostockUrl: string }>(upstream);
  env = {
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: urls.tushareUrl,
    TAPEKEEPER_AKSHARE_URL: urls.akshareUrl,
    TAPEKEEPER_BAOSTOCK_URL: urls.baostockUrl,
  };
});

afterAll(async () => {
  upstream.signal('SIGTERM');
  await upstream.ended;
  await dirs.remove();
  await world.remove();
});

it('refuses a token that is not accepted, and makes nothing', async () => {
  const ended = await tapekeeper(['init', '--token-stdin'], env, 'short\n');
  expect(ended.code).toBe(EXIT.noPermission);
  expect(ended.stderr).toMatch(/^tapekeeper: tushare does not accept the token/m);
  expect(ended.stderr).not.toContain('short');
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('says of each source that it cannot be reached, and makes nothing', async () => {
  const gone = {
    ...env,
    TAPEKEEPER_TUSHARE_URL: 'http://127.0.0.1:1',
    TAPEKEEPER_AKSHARE_URL: 'http://127.0.0.1:1',
    TAPEKEEPER_BAOSTOCK_URL: 'tcp://127.0.0.1:1',
  };
  const ended = await tapekeeper(['init', '--token-stdin', '--json'], gone, TOKEN);
  expect(ended.code).toBe(EXIT.unavailable);
  const { sources } = resultOf<{
    sources: { source: string; reachable: boolean; datasets: { error: { code: string } }[] }[];
  }>(ended);
  expect(sources.map(({ source, reachable }) => ({ source, reachable }))).toEqual([
    { source: 'tushare', reachable: false },
    { source: 'akshare', reachable: false },
    { source: 'baostock', reachable: false },
  ]);
  expect(sources.flatMap(({ datasets }) => datasets.map(({ error }) => error.code))).toEqual([
    'transport',
    'transport',
    'transport',
  ]);
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('keeps a good token for this user only, learns its rights, and says what is ready', async () => {
  const ended = await tapekeeper(['init', '--token-stdin'], env, `${TOKEN}\n`);
  expect(ended.code).toBe(EXIT.ok);
  expect(ended.stdout).toMatch(/tushare +adj_factors +adj_factor +tushare refuses "adj_factor"/);
  expect(ended.stdout).toMatch(/^adj_factors +akshare, baostock$/m);
  expect(ended.stdout).toMatch(/^daily_bars +tushare, akshare, baostock$/m);
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN);

  const file = join(dataDir, 'settings.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ tushareToken: TOKEN });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { status } = resultOf<{ status: Status }>(await tapekeeper(['status', '--json'], env));
  expect(status.sources.map(({ source, refused }) => ({ source, refused }))).toEqual([
    { source: 'tushare', refused: ['adj_factor'] },
    { source: 'akshare', refused: [] },
    { source: 'baostock', refused: [] },
  ]);
});

it('uses the kept token from then on', async () => {
  const ended = await tapekeeper(['sync', 'stock_basics', '--source', 'tushare', '--json'], env);
  expect(resultOf(ended)).toMatchObject({ run: { state: 'success', rowsWritten: 4 } });
});

it('keeps other settings of the file, and takes the token of the environment', async () => {
  await writeFile(
    join(dataDir, 'settings.json'),
    JSON.stringify({ tushareToken: TOKEN, tusharePerMinute: 190 }),
  );
  const ended = await tapekeeper(['init'], { ...env, TUSHARE_TOKEN: 'another-good-token' });
  expect(ended.code).toBe(EXIT.ok);
  const kept = JSON.parse(await readFile(join(dataDir, 'settings.json'), 'utf8')) as object;
  expect(kept).toEqual({ tushareToken: 'another-good-token', tusharePerMinute: 190 });
});
