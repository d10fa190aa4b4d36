import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataDirs } from '../cli/dataDirs.ts';
import { announced, begin, type Begun } from '../cli/program.ts';
import { makeSmallWorld } from '../cli/smallWorld.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const SPAN = ['2024-12-02', '2024-12-13'];

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let server: Begun;
let env: Record<string, string>;

beforeAll(async () => {
  world = await makeSmallWorld();
  const dataDir = await dirs.prepared();
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: dataDir,
  });
  const { url } = await announced<{ url: string }>(server);
  const token = (await readFile(join(dataDir, 'api-token'), 'utf8')).trim();
  env = { PATH: process.env['PATH'] ?? '', TAPEKEEPER_SERVER: url, TAPEKEEPER_TOKEN: token };
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

/** An example at work, as its page says to begin it. */
function example(file: string, ...args: string[]): ChildProcess {
  const [program, folder] = file.endsWith('.py') ? ['python3', 'python'] : [process.execPath, 'typescript'];
  return spawn(program, [join(EXAMPLES, folder, file), ...args], {
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What an example has printed by its end. Rejects where its program is not on this machine. */
async function endOf(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  let [output, errors] = ['', ''];
  child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (errors += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}

describe('the examples', () => {
  it('in TypeScript begin a run once and follow it to its end', async () => {
    const { code, output, errors } = await endOf(example('syncAndFollow.ts', 'daily_bars', ...SPAN));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/has begun once: true/);
    expect(output).toMatch(/ended: success, [1-9]\d* rows written/);
  });

  it('in TypeScript and Python read the same rows, by pages and as a whole, and what is missing', async () => {
    const asked = ['daily_bars', '600000.SH', ...SPAN];
    const [byNode, byPython] = await Promise.all([
      endOf(example('readData.ts', ...asked)),
      endOf(example('read_data.py', ...asked)),
    ]);
    for (const { code, output, errors } of [byNode, byPython]) {
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(output).toContain('10 rows');
      expect(output).toContain('0 cells are missing');
    }
    expect(byPython.output).toContain('10 rows as one table');
  });

  it('in TypeScript make a job, run it and take it away', async () => {
    const { code, output, errors } = await endOf(example('jobs.ts'));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/its run \d+ ended: success/);
    expect(output).toMatch(/created/);
  });

  it('in Python watch what happens while another one begins a run', async () => {
    const watching = example('watch_events.py', 'runs', '2');
    const watched = endOf(watching);
    await once(watching.stdout!, 'data');
    const { code, output, errors } = await endOf(example('sync_and_follow.py', 'daily_bars', ...SPAN));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/ended: success/);
    const seen = await watched;
    expect(seen).toMatchObject({ code: 0, errors: '' });
    expect(seen.output).toMatch(/^watching runs\n\d+ run \{/);
  });

  it('say what is wrong where the server refuses', async () => {
    const { code, errors } = await endOf(example('sync_and_follow.py', 'daily_barz'));
    expect(code).toBe(1);
    expect(errors).toMatch(/^unknown_dataset: There is no data set "daily_barz"/);
  });
});
