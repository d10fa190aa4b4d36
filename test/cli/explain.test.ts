import type { JobExplanation, RunExplanation, RunSteps } from '@tapekeeper/contract';
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

beforeAll(async () => {
  world = await makeSmallWorld();
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: await dirs.prepared(),
  };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  await announced<{ url: string }>(server);
  await succeed(['sync', 'stock_basics', '--from', FIRST_DAY], env);
  await succeed(['jobs', 'create', 'evening', '--sync', 'daily_bars', '--session', 'close(XSHG)+90m'], env);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

describe('explain', () => {
  it('tells of a run by its number, for people and for programs', async () => {
    const { code, stdout } = await tapekeeper(['explain', '1'], env);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('It is over: success');
    expect(stdout).toMatch(/plan +done/);
    const chinese = await tapekeeper(['explain', 'run:1', '--lang', 'zh'], env);
    expect(chinese.stdout).toContain('已结束：success');
    const json = await tapekeeper(['explain', 'run:1', '--json'], env);
    expect(resultOf<RunExplanation & { progress: RunSteps }>(json)).toMatchObject({
      verdict: 'over',
      run: { id: 1 },
      progress: { fraction: 1, step: null },
    });
  });

  it('tells of a job by its key or number, at a time past or to come', async () => {
    const explained = async (...args: string[]) => {
      const ended = await tapekeeper(['explain', ...args, '--json'], env);
      expect(ended).toMatchObject({ code: EXIT.ok });
      return resultOf<JobExplanation>(ended);
    };
    const { job, verdict } = await explained('evening', '--at', '2001-01-02');
    expect([verdict, job.key]).toEqual(['not_active', 'evening']);
    expect(await explained(`job:${job.id}`, '--at', '2001-01-02')).toMatchObject({ code: 'job_not_made' });
    expect(await explained(String(job.id), '--at', '2001-01-02')).toMatchObject({ job: { key: 'evening' } });
    // a Saturday far ahead
    expect(await explained('evening', '--at', '2150-01-03')).toMatchObject({
      verdict: 'will_not_run',
      code: 'closed_day',
    });
    const { stdout } = await tapekeeper(['explain', 'evening', '--lang', 'zh'], env);
    expect(stdout).toContain('停用');
  });

  it('says what it cannot find or read', async () => {
    expect(await tapekeeper(['explain', '999'], env)).toMatchObject({ code: EXIT.notFound });
    expect(await tapekeeper(['explain', 'nothing'], env)).toMatchObject({ code: EXIT.notFound });
    expect(await tapekeeper(['explain', 'run:x'], env)).toMatchObject({ code: EXIT.usage });
    expect(await tapekeeper(['explain', 'run:1', '--at', '2024-01-02'], env)).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('--at goes with jobs'),
    });
    expect(await tapekeeper(['explain', 'evening', '--at', 'soon'], env)).toMatchObject({ code: EXIT.usage });
  });
});
