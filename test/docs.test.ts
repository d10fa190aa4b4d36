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

describe('the page on data sets', () => {
  it('knows of every source that there is', async () => {
    const entries = await readdir(`${root}/packages/server/src/sources`, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(CAPABILITIES).toSorted()).toEqual(folders.toSorted());
  });
});
