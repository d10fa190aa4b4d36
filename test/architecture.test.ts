import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { SERVER_LAYERS } from '../scripts/lint/layers.ts';

// ARCHITECTURE.md holds the tree of the repository, a line a folder. `name/**` stands for all below it.

interface NamedFolder {
  readonly path: string;
  readonly wholeTree: boolean;
  readonly about: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
let text: string;
let named: readonly NamedFolder[];

beforeAll(async () => {
  text = await readFile(`${root}/ARCHITECTURE.md`, 'utf8');
  named = foldersOf(text);
});

it('says something of every folder that it names', () => {
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((folder) => folder.about === '').map((folder) => folder.path)).toEqual([]);
});

it('names no folder that is not there', async () => {
  const missing = [];
  for (const folder of named) {
    const found = await stat(`${root}/${folder.path}`).catch(() => undefined);
    if (!found?.isDirectory()) missing.push(folder.path);
  }
  expect(missing).toEqual([]);
});

it('names every folder of the repository', async () => {
  const known = new Set(named.flatMap((folder) => withParents(folder.path)));
  const trees = named.filter((folder) => folder.wholeTree).map((folder) => `${folder.path}/`);
  const folders = [...new Set((await filesOfGit()).flatMap((file) => withParents(parentOf(file))))];
  expect(folders.length).toBeGreaterThan(20);
  expect(
    folders.filter((folder) => !known.has(folder) && !trees.some((tree) => folder.startsWith(tree))),
  ).toEqual([]);
});

it('says of every layer of the server what it may import', () => {
  const table = text.slice(text.indexOf('## Who may import whom'));
  expect(SERVER_LAYERS.filter((layer) => !table.includes(`\`${layer}\``))).toEqual([]);
});

/** The folders of the first code block, by their indentation of two spaces a level. */
function foldersOf(markdown: string): NamedFolder[] {
  const block = markdown.split('```')[1] ?? '';
  const parents: string[] = [];
  return block.split('\n').flatMap((line) => {
    const match = /^( *)(\S+)\/(\*\*)? *(.*)$/.exec(line);
    if (!match) return [];
    const [, indent = '', name = '', tree, about = ''] = match;
    parents.length = indent.length / 2;
    parents.push(name);
    return [{ path: parents.join('/'), wholeTree: tree !== undefined, about }];
  });
}

/** Files that git knows, or would if they were added, and that are there. */
async function filesOfGit(): Promise<string[]> {
  const list = async (...args: string[]): Promise<string[]> => {
    const done = await promisify(execFile)('git', ['ls-files', ...args], { cwd: root });
    return done.stdout.split('\n').filter((line) => line !== '');
  };
  const gone = new Set(await list('--deleted'));
  const files = await list('--cached', '--others', '--exclude-standard');
  return files.filter((file) => !gone.has(file));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** `a/b/c` and each folder above it. */
function withParents(path: string): string[] {
  if (path === '') return [];
  return [...withParents(parentOf(path)), path];
}
