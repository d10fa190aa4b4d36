import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Group, GroupList, JobReport } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { makeSmallWorld } from './smallWorld.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;
let url: string;

beforeAll(async () => {
  world = await makeSmallWorld();
  await closeOneTuesday(join(world.folder, 'trading_calendar.csv'));
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: await dirs.prepared(),
  };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  ({ url } = await announced<{ url: string }>(server));
  await succeed(['sync', 'trade_calendar', '--from', '2024-12-01', '--to', '2024-12-31'], env);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

/** The source says otherwise than the calendar that comes with the program. */
async function closeOneTuesday(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const corrected = text.replace(/^(\w+,20241217),1,/gm, '$1,0,');
  expect(corrected).not.toBe(text);
  await writeFile(file, corrected);
}

const CLOSE = ['preview', '--session', 'close(XSHG)', '--from', '2024-12-16', '--count', '2'] as const;

describe('preview beside a running server', () => {
  it('goes by its calendar, and says so', async () => {
    const { code, stdout, stderr } = await tapekeeper(CLOSE, env);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/2024-12-16 15:00:00.*\n2024-12-18 15:00:00/);
    expect(stderr).toContain(`By the calendar of the server at ${url}`);
    const chinese = await tapekeeper([...CLOSE, '--lang', 'zh'], env);
    expect(chinese.stdout).toContain('每个交易日');
    expect(chinese.stderr).toContain('上服务的交易日历');
  });

  it('goes by the one that comes with the program where none runs', async () => {
    const { stdout, stderr } = await tapekeeper(CLOSE, { ...env, TAPEKEEPER_DATA_DIR: dirs.name() });
    expect(stdout).toMatch(/2024-12-16 15:00:00.*\n2024-12-17 15:00:00/);
    expect(stderr).toContain('no server of this installation is running');
  });

  it('prints the same for programs, with or without one, and nothing else', async () => {
    const args = [
      'preview',
      '--cron',
      '30 2 * * *',
      '--tz',
      'America/New_York',
      '--from',
      '2026-03-08',
      '--json',
    ];
    const asked = await tapekeeper(args, env);
    expect(asked).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(resultOf<readonly unknown[]>(asked)).toHaveLength(10);
    expect(asked.stdout).toBe((await tapekeeper(args, { ...env, TAPEKEEPER_DATA_DIR: dirs.name() })).stdout);
  });

  it('lists more moments than one answer holds, each once', async () => {
    const args = ['preview', '--interval', '1m', '--from', '2026-11-22', '--count', '2500', '--json'];
    const moments = resultOf<readonly { at: string }[]>(await tapekeeper(args, env));
    expect(new Set(moments.map(({ at }) => at)).size).toBe(2500);
    expect(moments.at(-1)?.at).toBe('2026-11-23T09:39:00.000Z');
  });

  it.each([
    [['--cron', '0 25 * * *'], 'at "25"'],
    [['--session', 'close(NYSE)'], 'XSHG, XSHE, XBSE'],
    [['--interval', '400d'], '366 days'],
    [['--cron', '0 0 30 2 *', '--from', '2026-11-22'], 'day and month'],
    [['--cron', '* * * * *', '--from', '1950-01-01'], '1970 to 2999'],
  ])('%j is refused with what to write', async (args, hint) => {
    const ended = await tapekeeper(['preview', ...args], env);
    expect(ended).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining(hint) });
  });
});

describe('groups', () => {
  it('are listed and made wider', async () => {
    expect((await tapekeeper(['groups'], env)).stdout).toMatch(/^group +at a time +open runs\n/);
    await succeed(['jobs', 'create', 'disk-work', '--type', 'example', '--group', 'disk'], env);
    const set = await tapekeeper(['groups', 'set', 'disk', '3', '--json'], env);
    expect(resultOf<Group>(set)).toEqual({ name: 'disk', most: 3, openRuns: 0 });
    const { groups } = resultOf<GroupList>(await tapekeeper(['groups', '--json'], env));
    expect(groups.map((one) => one.name)).toContain('trade_calendar');
    expect(groups).toContainEqual({ name: 'disk', most: 3, openRuns: 0 });
    expect((await tapekeeper(['groups', 'list', '--lang', 'zh'], env)).stdout).toMatch(
      /^并发组 .*\n(.*\n)*disk +3 +0/,
    );
    expect((await tapekeeper(['groups', 'set', 'disk', '2'], env)).stdout).toContain('lets 2 runs go on');
  });

  it.each([
    [['set', 'disk', '0'], 'most'],
    [['set', 'disk', 'many'], 'no whole number'],
    [['set', 'two words', '2'], 'A-Z'],
    [['set', 'disk'], 'most'],
  ])('%j is refused with what to write', async (args, hint) => {
    const ended = await tapekeeper(['groups', ...args], env);
    expect(ended).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining(hint) });
  });
});

describe('jobs that others need', () => {
  it('are taken out of work with a warning', async () => {
    await succeed(['jobs', 'create', 'first', '--type', 'example', '--enable'], env);
    await succeed(['jobs', 'create', 'second', '--type', 'example', '--after', 'first', '--enable'], env);
    const { stdout } = await tapekeeper(['jobs', 'pause', 'first'], env);
    expect(stdout).toContain('While it is paused, second will not run by trigger');
    expect((await tapekeeper(['jobs', 'disable', 'first', '--lang', 'zh'], env)).stdout).toContain('second');
    const third = ['jobs', 'create', 'third', '--type', 'example', '--after', 'first', '--json'];
    expect(resultOf<JobReport>(await tapekeeper(third, env)).warnings).toMatchObject([
      { code: 'follows_inactive', text: { en: expect.stringContaining('first, which is disabled') } },
    ]);
  });
});
