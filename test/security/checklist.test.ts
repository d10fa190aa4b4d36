import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const ITEMS = 27;

const page = await readFile(new URL('docs/security.md', ROOT), 'utf8');

it('has a line for each item of the checklist', () => {
  const numbers = page.split('\n').flatMap((line) => /^\| (\d+) +\|/.exec(line)?.[1] ?? []);
  expect(numbers.map(Number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: ITEMS }, (_, at) => at + 1),
  );
});

it('speaks only of tests that there are', async () => {
  const named = [...page.matchAll(/`((?:test|packages)\/[\w./-]+\.test\.ts) > ([^`]+)`/g)];
  expect(named.length).toBeGreaterThan(45);
  const missing: string[] = [];
  for (const [, file = '', name = ''] of named) {
    const text = await readFile(new URL(file, ROOT), 'utf8').catch(() => '');
    if (!text.replaceAll("\\'", "'").includes(name)) missing.push(`${file} > ${name}`);
  }
  expect(missing).toEqual([]);
});
