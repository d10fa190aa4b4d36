import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { begin, resultOf, tapekeeper, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld } from './smallWorld.ts';

// The demo, over a small folder of the sample. The files of a test run in order: the second needs the first.

interface Demo {
  readonly runs: number;
  readonly items: number;
  readonly rows: number;
  readonly calls: number;
  readonly failed: number;
  readonly seconds: number;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly from: string;
    readonly to: string;
    readonly state: string;
  }[];
}

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let args: readonly string[];
/** What must not lead a demo astray. */
const ELSEWHERE: Environment = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/live',
  TAPEKEEPER_TUSHARE_URL: 'http://127.0.0.1:1',
  TAPEKEEPER_MODE: 'live',
};

beforeAll(async () => {
  world = await makeSmallWorld();
  args = ['--demo', '--data-dir', await dirs.make(), '--replay-data', world.folder];
});

afterAll(async () => {
  await dirs.remove();
  await world.remove();
});

it('collects the span of its data and tells it in a last line of JSON, then calls nobody a second time', async () => {
  const first = await tapekeeper(['start', ...args, '--once', '--json'], ELSEWHERE);
  expect(first.code).toBe(EXIT.ok);
  const demo = resultOf<Demo>(first);
  expect(demo).toMatchObject({ runs: 5, failed: 0, mode: 'replay' });
  expect(demo.rows).toBeGreaterThan(1500);
  expect(demo.items).toBeGreaterThan(0);
  expect(demo.seconds).toBeGreaterThan(0);
  const bars = demo.datasets.find(({ dataset }) => dataset === 'daily_bars');
  expect(bars).toMatchObject({ from: FIRST_DAY, to: LAST_DAY, state: 'success' });
  expect(first.stderr).toMatch(/^daily_bars +100 % {2}\S+ symbols {2}500 rows/m);

  const second = await tapekeeper(['start', ...args, '--once', '--json']);
  expect(second.code).toBe(EXIT.ok);
  expect(resultOf(second)).toMatchObject({ runs: 3, items: 0, rows: 0, calls: 0, failed: 0 });
  expect(second.stderr).toContain('nothing is missing');
});

it('shows a table and what to do next, serves, and stops well', async () => {
  const demo = begin(['start', ...args, '--port', '0']);
  const shown = await demo.says(/Ctrl-C stops/);
  expect(shown).toMatch(/page +http:\/\/127\.0\.0\.1:\d+/);
  expect(shown).toMatch(/^data set +symbols +rows +calls +took +failed +source\ndaily_bars +- +0 +0 /m);
  expect(shown).toContain('Everything was there already: no calls.');
  const [, asked] = /psql "\$\(tapekeeper (db url --demo .*)\)"/.exec(shown) ?? [];
  const printed = await tapekeeper(asked?.split(' ') ?? []);
  expect(printed.stdout).toMatch(/^postgres:\/\/tapekeeper_reader:/);
  // the lines of a start end up in logs
  expect(shown).not.toMatch(/postgres:\/\//);
  const status = await tapekeeper(['status', ...args]);
  expect(status.stdout).toMatch(/server +http:/);
  demo.signal('SIGINT');
  expect((await demo.ended).code).toBe(EXIT.ok);
});

it('keeps its data from the live mode', async () => {
  const live = await tapekeeper(['start', '--port', '0', '--data-dir', args[2] ?? '']);
  expect(live.code).toBe(EXIT.config);
  expect(live.stderr).toContain('replay data');
});

it('takes --once for the demo only', async () => {
  const ended = await tapekeeper(['start', '--once', '--data-dir', await dirs.make()]);
  expect(ended.code).toBe(EXIT.usage);
});
