import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { announced, begin, resultOf, succeed, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, makeSmallWorld } from './smallWorld.ts';

// A file is brought to a server over its socket, and to a process of its own where no server runs.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let folder: string;
let env: Environment;
let server: Begun;

beforeAll(async () => {
  world = await makeSmallWorld();
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-cli-import-'));
  const dataDir = await dirs.prepared();
  env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_REPLAY_DATA: world.folder, TAPEKEEPER_DATA_DIR: dataDir };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], env);
  await announced<{ url: string }>(server);
  await succeed(['sync', 'daily_bars', '--from', FIRST_DAY], env);
  await succeed(['export', 'daily_bars', '--out', join(folder, 'bars.csv')], env);
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
  await rm(folder, { recursive: true, force: true });
});

it('what was exported is all there when it is brought back, beside a server and without one', async () => {
  const file = join(folder, 'bars.csv');
  const beside = await tapekeeper(['import', file, '--dry-run', '--json'], env);
  expect(beside).toMatchObject({ code: EXIT.ok });
  const { result } = resultOf<Run>(beside);
  expect(result).toMatchObject({ format: 'tapekeeper', dryRun: true, written: 0, kept: 0, refused: {} });
  expect(result?.['unchanged']).toBe(result?.['rows']);

  await writeFile(join(folder, 'odd.csv'), 'date,code,open\n');
  const odd = await tapekeeper(['import', join(folder, 'odd.csv')], env);
  expect(odd).toMatchObject({ code: EXIT.dataError, stderr: expect.stringContaining('it lacks high') });
  const none = await tapekeeper(['import', join(folder, 'none.csv')], env);
  expect(none).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('cannot be read') });

  server.signal('SIGTERM');
  await server.ended;
  const alone = await tapekeeper(['import', file, '--lang', 'zh'], env);
  expect(alone).toMatchObject({ code: EXIT.ok, stdout: expect.stringMatching(/写入 0，未变 \d/) });
});
