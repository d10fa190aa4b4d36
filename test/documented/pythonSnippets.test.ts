import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { installStarters } from '../../packages/server/src/app/jobs/installStarters.ts';
import { openLiveStand, TOKEN, type LiveStand } from '../live/liveStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

vi.setConfig({ testTimeout: 30_000 });

const FOLDER = fileURLToPath(new URL('python/', import.meta.url));

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('python');
  stand = await openLiveStand(database);
  await installStarters(stand.deps, { enable: 'core', which: 'missing' });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

/** What the program prints. */
async function printed(options: readonly string[], name: string): Promise<readonly string[]> {
  const args = [...options, `${FOLDER}client.py`, stand.url, TOKEN, `${FOLDER}standIn`, name];
  const child = spawn('python3', args, {
    env: { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output.trimEnd().split('\n');
}

it.each([
  ['the library where this machine has it', []],
  ['no library at all', ['-S']],
])(
  'the calls of document 004 in Python trigger, read the history and create a workflow, with %s',
  async (what, options) => {
    const [triggered, history, execution, ...rest] = await printed(options, what);
    const [created, config, unknown] = rest.slice(-3);
    expect(triggered).toBe('trigger 200 任务已触发');
    expect(history).toBe('history 200');
    expect(execution).toMatch(/^\d+ (pending|running) /);
    expect(created).toBe('workflow 201');
    expect(config).toBe('True');
    expect(unknown).toMatch(/^trigger 404 任务 999999 不存在$/);
    // the second time round the first task is free again
    for (const { id } of await stand.deps.store.runs({
      states: ['pending'],
      dataset: null,
      before: null,
      limit: 9,
    }))
      await stand.deps.store.stopRun(
        id,
        { end: 'cancelled', code: 'cancelled', reason: '', by: 'test' },
        true,
      );
  },
);
