import { globSync, readFileSync } from 'node:fs';
import { LIVE_KINDS } from '@tapekeeper/core';
import { expect, it } from 'vitest';

const SOURCES = new URL('../', import.meta.url).pathname;

it('every kind of event that the program tells of has topics', () => {
  const told = globSync('{store,app}/**/*.ts', { cwd: SOURCES })
    .map((file) => readFileSync(`${SOURCES}${file}`, 'utf8'))
    .flatMap((text) => [...text.matchAll(/\bemitEvent\(\s*\w+,\s*'(\w+)'/g)])
    .map(([, kind]) => kind);
  expect(told.length).toBeGreaterThan(10);
  expect([...new Set(told)].filter((kind) => !Object.hasOwn(LIVE_KINDS, kind ?? ''))).toEqual([]);
});
