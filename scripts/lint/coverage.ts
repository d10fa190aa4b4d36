/** What the rules reach: every source file is read by the linter, every folder has a layer. */

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LAYERS, SERVER_FILES, SERVER_LAYERS } from './layers.ts';

const run = promisify(execFile);
const SOURCE = /\.(ts|tsx|mjs|js)$/;

/** Source files of the repository (known to git or not ignored by it), and those that oxlint does not read. */
export async function unreadFiles(root: string): Promise<{ files: number; unread: string[] }> {
  const git = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: root,
  });
  const gone = await run('git', ['ls-files', '--deleted'], { cwd: root });
  const deleted = new Set(linesOf(gone.stdout));
  const files = linesOf(git.stdout).filter((path) => SOURCE.test(path) && !deleted.has(path));
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const seen = await run(process.execPath, [oxlint, '--debug=files'], { cwd: root });
  const read = new Set(linesOf(seen.stdout));
  return { files: files.length, unread: files.filter((path) => !read.has(path)) };
}

/** Packages, and folders and files of the server, that no layer speaks of: nothing is checked in them. */
export async function placesWithoutLayer(root: string): Promise<string[]> {
  const packages = await foldersOf(join(root, 'packages'));
  const parts = await readdir(join(root, 'packages/server/src'));
  const known = [...SERVER_LAYERS, ...SERVER_FILES];
  return [
    ...packages
      .map((name) => `packages/${name}`)
      .filter((path) => !LAYERS.some((layer) => layer.path.startsWith(`${path}/`))),
    ...parts
      .filter((name) => !known.includes(name) && !name.endsWith('.test.ts'))
      .map((name) => `packages/server/src/${name}`),
  ];
}

async function foldersOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
