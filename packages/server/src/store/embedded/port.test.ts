import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { choosePort } from './port.ts';

let dataDir: string;
beforeEach(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-port-'))));
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it('stays the same as long as nobody else has it, and is kept where it is not', async () => {
  const first = await choosePort(dataDir);
  expect(await choosePort(dataDir)).toBe(first);
  const squatter = createServer().listen(first, '127.0.0.1');
  await once(squatter, 'listening');
  const second = await choosePort(dataDir);
  squatter.close();
  await once(squatter, 'close');
  expect(second).not.toBe(first);
  expect(await choosePort(dataDir)).toBe(second);
  expect(Number(await readFile(join(dataDir, 'postgres.port'), 'utf8'))).toBe(second);
});

it('is another for another directory, also while none of them is in use', async () => {
  const folders = await Promise.all(
    Array.from({ length: 20 }, () => mkdtemp(join(tmpdir(), 'tapekeeper-port-'))),
  );
  const ports = await Promise.all(folders.map(choosePort));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  // twenty of five hundred seldom meet, and never all
  expect(new Set(ports).size).toBeGreaterThan(10);
  for (const port of ports) expect([port >= 15_432, port < 15_932]).toEqual([true, true]);
});
