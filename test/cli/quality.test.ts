import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HoleReport, Reconciliation, RevisionList, SymbolSet } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, makeSmallWorld } from './smallWorld.ts';

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
  await succeed(['sync', 'daily_bars', '--from', FIRST_DAY], env);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

async function result<T>(...args: string[]): Promise<T> {
  const ended = await tapekeeper([...args, '--json'], env);
  expect(ended).toMatchObject({ code: EXIT.ok });
  return resultOf<T>(ended);
}

describe('the quality commands', () => {
  it('accept reports what there is, and asks for what it cannot do without', async () => {
    const wish = ['accept', 'daily_bars', '--from', FIRST_DAY, '--reason', 'r', '--author', 'a'];
    expect(await result<HoleReport>(...wish, '--dry-run')).toMatchObject({ hole: null, cells: { gaps: 0 } });
    expect(await tapekeeper(['accept', 'daily_bars', '--from', FIRST_DAY], env)).toMatchObject({
      code: EXIT.usage,
    });
    expect(await tapekeeper(['accept', '--revoke', '7'], env)).toMatchObject({ code: EXIT.notFound });
    expect((await tapekeeper(['accept', '--list', '--lang', 'zh'], env)).stdout).toContain('尚未确认');
  });

  it('quarantine and revisions list nothing where all is well', async () => {
    expect((await tapekeeper(['quarantine'], env)).stdout).toContain('No such rows');
    expect(await result('quarantine', 'counts')).toMatchObject({ counts: [] });
    expect(await tapekeeper(['quarantine', 'release', '7', '--force'], env)).toMatchObject({
      code: EXIT.usage,
    });
    expect(await tapekeeper(['quarantine', 'discard', '7', '--reason', 'r'], env)).toMatchObject({
      code: EXIT.partial,
    });
    const { revisions } = await result<RevisionList>('revisions', 'daily_bars', '--symbol', '600000.SH');
    expect(revisions).toEqual([]);
  });

  it('reconcile compares what Tushare gave with what BaoStock says, and shows it again', async () => {
    const report = await result<Reconciliation>('reconcile', 'daily_bars', '--sample', '3', '--seed', '5');
    expect(report).toMatchObject({ state: 'done', seed: 5, notes: [] });
    expect(report.cells).toBeGreaterThan(0);
    expect(report.rates.length).toBeGreaterThan(0);
    expect(report.rates.filter(({ kinds }) => kinds.real > 0)).toEqual([]);
    expect((await tapekeeper(['reconcile', '--list'], env)).stdout).toMatch(/daily_bars +\S+ +done/);
  });

  it('sets are made, imported, changed, exported and removed', async () => {
    const file = join(dataDir, 'list.csv');
    await writeFile(file, 'code,name\nsh600027,x\n', 'utf8');
    await result('sets', 'import', 'watch', file, '--author', 'a');
    const set = await result<SymbolSet & { symbols: string[] }>('sets', 'show', 'watch');
    expect(set).toMatchObject({ version: 1, symbols: ['600027.SH'], createdBy: 'a' });
    const out = join(dataDir, 'out.txt');
    await result('sets', 'export', 'watch', '--out', out);
    expect(await readFile(out, 'utf8')).toBe('600027.SH\n');
    await result('sets', 'create', 'all', '--rule', 'all');
    expect((await tapekeeper(['sets', 'list'], env)).stdout).toMatch(/all +- +- +all[^]*watch/);
    const late = await tapekeeper(['sets', 'delete', 'watch', '--set-version', '9'], env);
    expect(late).toMatchObject({ code: EXIT.busy, stderr: expect.stringContaining('version 1') });
    await result('sets', 'delete', 'watch');
    expect(await tapekeeper(['sets', 'show', 'watch'], env)).toMatchObject({ code: EXIT.notFound });
    expect(await tapekeeper(['sets', 'create', 'x', '--rule', 'moon'], env)).toMatchObject({
      code: EXIT.usage,
    });
  });
});
