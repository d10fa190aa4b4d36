import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../scripts/docs/datasetsPage.ts';
import { PAGES } from '../scripts/docs/pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('a page that is made of the program', () => {
  it.each(Object.entries(PAGES))('is as `npm run docs` makes it: %s', async (path, make) => {
    expect(await readFile(`${root}/${path}`, 'utf8')).toBe(make());
  });

  it('has no folder of references beside it that nobody makes', async () => {
    const files = (await readdir(`${root}/docs/reference`)).map((name) => `docs/reference/${name}`);
    expect(files.filter((file) => !(file in PAGES))).toEqual([]);
  });
});

describe('the pages on documented systems', () => {
  const folder = `${root}/docs/documented`;
  const linesOf = async (file: string): Promise<readonly KeptPromise[]> =>
    promisesIn(await readFile(`${folder}/${file}`, 'utf8'));

  it('name a test that is there for every promise, or say how it differs', async () => {
    const files = (await readdir(folder)).filter((file) => file !== 'README.md');
    expect(files.length).toBeGreaterThan(5);
    const gone: string[] = [];
    for (const file of files) {
      const promises = await linesOf(file);
      expect([file, promises.length > 3]).toEqual([file, true]);
      for (const { promise, where, tests } of promises) {
        if (tests.length === 0 && !/differs|docs\//.test(where)) gone.push(`${file}: ${promise}: no test`);
        for (const test of tests) if (!existsSync(fileOf(test))) gone.push(`${file}: ${promise}: ${test}`);
      }
    }
    expect(gone).toEqual([]);
  });
});

/** A sentence of a document, where it is kept, and what shows it. */
interface KeptPromise {
  readonly promise: string;
  readonly where: string;
  readonly tests: readonly string[];
}

/** The lines of the tables of a page whose last column is about tests. */
function promisesIn(page: string): readonly KeptPromise[] {
  let isTold = false;
  return page.split('\n').flatMap((line, at, lines) => {
    if (!line.startsWith('|')) return [];
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    const last = cells.at(-1) ?? '';
    if (lines[at - 1]?.startsWith('|') !== true) isTold = /^(?:test|tests|shown by|shown in)$/i.test(last);
    else if (isTold && !/^-+$/.test(last)) {
      const tests = last
        .replaceAll('`', '')
        .split(', ')
        .filter((name) => !['', '-'].includes(name));
      return [{ promise: cells[0] ?? '', where: `${cells.slice(1).join(' ')}`, tests }];
    }
    return [];
  });
}

function fileOf(test: string): string {
  return test.includes('/') ? `${root}/${test}` : `${root}/test/documented/${test}.test.ts`;
}

describe('the page on data sets', () => {
  it('knows of every source that there is', async () => {
    const entries = await readdir(`${root}/packages/server/src/sources`, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(CAPABILITIES).toSorted()).toEqual(folders.toSorted());
  });
});
