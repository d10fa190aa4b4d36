import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DryRun, Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld, SYMBOLS } from './smallWorld.ts';

// Collecting without a server, in the process of the command, against a replay upstream.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let upstream: Begun;
let env: Environment;

beforeAll(async () => (world = await makeSmallWorld()));

afterAll(async () => {
  await dirs.remove();
  await world.remove();
});

const SYNC = ['sync', 'daily_bars', '--from', FIRST_DAY];

/** A new installation, and an upstream with these faults. */
async function setUp(faults: readonly object[]): Promise<void> {
  const dataDir = await dirs.prepared();
  const file = join(dataDir, 'faults.json');
  await writeFile(file, JSON.stringify(faults));
  upstream = begin(['replay', '--data', world.folder, '--faults', file, '--json']);
  const urls = await announced<{ tushareUrl: string; baostockUrl: string }>(upstream);
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_MARKET_DAY: LAST_DAY,
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: urls.tushareUrl,
    TAPEKEEPER_BAOSTOCK_URL: urls.baostockUrl,
  };
}

async function tearDown(): Promise<void> {
  upstream.signal('SIGTERM');
  await upstream.ended;
}

describe('a sync that does not get to its end', () => {
  // the first answer for one symbol never comes: the work stops there, and the next try gets it
  const match = { protocol: 'tushare', api: 'daily', symbol: SYMBOLS.at(-1) };
  beforeEach(() => setUp([{ match, fault: { kind: 'silence' }, times: 1 }]));
  afterEach(tearDown);

  /** Two of four symbols are committed, and the worker waits for the last. */
  const HALF_DONE = /2\/4 symbols/;

  it('stops well at a first Ctrl-C and goes on with the same run when asked again', async () => {
    const first = begin([...SYNC, '--json'], env);
    await first.says(HALF_DONE);
    first.signal('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(EXIT.busy);
    expect(stopped.stderr).toContain('Run 1 stays open');
    expect(resultOf(stopped)).toMatchObject({ stopped: true, run: { id: 1, state: 'running' } });

    const again = await tapekeeper([...SYNC, '--json'], env);
    expect(again.stderr).toContain('Run 1 of the same question is still open');
    const { run } = resultOf<{ run: Run }>(again);
    // what was committed before the stop has not been asked for again
    expect(run).toMatchObject({ id: 1, state: 'success', rowsUnchanged: 0, progress: { itemsFailed: 0 } });
    expect(await missingCells()).toBe(0);
  });

  it('loses nothing when it is killed', async () => {
    const first = begin(SYNC, env);
    await first.says(HALF_DONE);
    first.signal('SIGKILL');
    await first.ended;
    const again = await tapekeeper([...SYNC, '--json'], env);
    expect(resultOf(again)).toMatchObject({ run: { id: 1, state: 'success' } });
    expect(await missingCells()).toBe(0);
  });

  it('hands its work over to a command that was given meanwhile', async () => {
    const first = begin(SYNC, env);
    await first.says(HALF_DONE);
    const second = begin(['sync', 'adj_factors', '--from', FIRST_DAY, '--force', '--json'], env);
    await second.says(/adj_factors/);
    first.signal('SIGINT');
    expect((await first.ended).code).toBe(EXIT.busy);
    const ended = await second.ended;
    expect(ended.code).toBe(EXIT.ok);
    expect(resultOf(ended)).toMatchObject({ run: { dataset: 'adj_factors', state: 'success' } });
  });

  async function missingCells(): Promise<number> {
    const ended = await tapekeeper(['coverage', 'daily_bars', '--json'], env);
    const { datasets } = resultOf<{ datasets: [{ cells: { gaps: number; absent: number } }] }>(ended);
    return datasets[0].cells.gaps + datasets[0].cells.absent;
  }
});

describe('a sync here', () => {
  beforeAll(() => setUp([]));
  afterAll(tearDown);

  it('plans without doing anything, and says what comes first', async () => {
    expect((await tapekeeper(['sync', 'stock_basics'], env)).code).toBe(EXIT.ok);
    const planned = await tapekeeper([...SYNC, '--dry-run', '--json'], env);
    expect(resultOf<DryRun>(planned)).toMatchObject({
      requires: ['trade_calendar'],
      from: FIRST_DAY,
      to: LAST_DAY,
    });
    expect((await runs()).map((run) => run.dataset)).toEqual(['stock_basics']);
  });

  it('collects only the symbols of a file, from the named source', async () => {
    const file = join(env['TAPEKEEPER_DATA_DIR'] ?? '', 'symbols.txt');
    await writeFile(file, `${SYMBOLS[0]}\n${SYMBOLS[2]}\n`);
    const ended = await tapekeeper([...SYNC, '--symbols', `@${file}`, '--source', 'baostock', '--json'], env);
    const { run } = resultOf<{ run: Run }>(ended);
    expect(run).toMatchObject({
      symbols: 2,
      sources: ['baostock'],
      state: 'success',
      progress: { itemsDone: 2 },
    });
  });

  it('does not leave a wish behind that nobody would work on', async () => {
    const before = await runs();
    expect((await tapekeeper([...SYNC, '--no-wait'], env)).code).toBe(EXIT.usage);
    expect(await runs()).toEqual(before);
  });

  async function runs(): Promise<readonly Run[]> {
    return resultOf<{ runs: Run[] }>(await tapekeeper(['runs', '--json'], env)).runs;
  }
});
