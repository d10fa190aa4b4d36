import type { RunLog, RunStatistics, Statistics } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../support/until.ts';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { makeSmallWorld } from './smallWorld.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const TOKEN = 'the-tushare-token-of-this-test';
const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;

beforeAll(async () => {
  world = await makeSmallWorld();
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: await dirs.prepared(),
    TAPEKEEPER_COMMANDS: `node=${process.execPath}`,
    TUSHARE_TOKEN: TOKEN,
  };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  await announced<{ url: string }>(server);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

/** Makes a job with these parameters and runs it once; gives the number of the run. */
async function runOnce(key: string, type: string, params: readonly string[]): Promise<string> {
  const given = params.flatMap((param) => ['--param', param]);
  await succeed(['jobs', 'create', key, '--type', type, ...given, '--enable'], env);
  const ended = await tapekeeper(['jobs', 'trigger', key, '--json'], env);
  expect(ended).toMatchObject({ code: EXIT.ok });
  return String(resultOf<{ run: { id: number } }>(ended).run.id);
}

describe('the lines of a run', () => {
  it('are followed to its end, with nothing in them that steers the terminal or is secret', async () => {
    const code = `
      console.log('first'); console.error('\\u001b[31mred');
      console.log(process.env.TUSHARE_TOKEN, ${JSON.stringify(TOKEN)});
      setTimeout(() => console.log('last'), 500)`;
    const run = await runOnce('script', 'command', ['program=node', `args=${JSON.stringify(['-e', code])}`]);
    const ended = await tapekeeper(['runs', 'log', run, '--follow'], env);
    expect(ended).toMatchObject({ code: EXIT.ok });
    const lines = ended.stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(9));
    expect(lines.toSorted()).toEqual(['err   ·[31mred', 'out   first', 'out   last', 'out   undefined ***']);

    const tail = await tapekeeper(['runs', 'log', run, '--tail', '1', '--json'], env);
    expect(resultOf<RunLog>(tail)).toMatchObject({ lines: [{ stream: 'out', line: 'last' }], ended: true });
  });

  it('of a run that is not there, or has none', async () => {
    expect(await tapekeeper(['runs', 'log', '4711'], env)).toMatchObject({ code: EXIT.notFound });
    expect(await tapekeeper(['runs', 'log', 'x'], env)).toMatchObject({ code: EXIT.usage });
  });
});

it('figures are told when they have been taken', async () => {
  expect((await tapekeeper(['statistics'], env)).stdout).toContain('Nothing has been counted yet');
  const run = await runOnce('count', 'statistics', []);
  await tapekeeper(['runs', 'log', run, '--follow'], env);
  const { tables } = resultOf<Statistics>(await tapekeeper(['statistics', '--json'], env));
  expect(tables.map(({ dataset }) => dataset)).toContain('daily_bars');
  const shown = await tapekeeper(['statistics', '--lang', 'zh'], env);
  expect(shown.stdout).toContain('统计日期');
  expect(shown.stdout).toContain('daily_bars');
});

it('figures of runs are told soon after their end, by jobs, data sets and sources too', async () => {
  const run = await runOnce('counted', 'example', ['durationSeconds=0']);
  await tapekeeper(['runs', 'log', run, '--follow'], env);
  const figures = async () =>
    resultOf<RunStatistics>(await tapekeeper(['statistics', 'runs', '--last', '7d', '--json'], env));
  await until(async () => (await figures()).notCounted === 0);
  expect((await figures()).figures.runs).toBeGreaterThan(0);
  const shown = await tapekeeper(['statistics', 'jobs', '--sort', 'running'], env);
  expect(shown).toMatchObject({ code: EXIT.ok });
  expect(shown.stdout).toContain('counted');
  for (const part of [['jobs', 'counted'], ['datasets'], ['sources'], ['errors'], ['workers'], ['disk']])
    expect(await tapekeeper(['statistics', ...part], env)).toMatchObject({ code: EXIT.ok });
  expect(await tapekeeper(['statistics', 'runs', '--last', '5d'], env)).toMatchObject({ code: EXIT.usage });
  expect(await tapekeeper(['statistics', 'runs', '--from', 'x'], env)).toMatchObject({ code: EXIT.usage });
});
