import { readdir, readFile } from 'node:fs/promises';
import { RUN_MACHINE, SYMBOL_OUTCOMES } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, PAGE_DIR, type HttpStand } from './httpStand.ts';

type Words = { readonly [key: string]: unknown };
type Standing = (
  dataset: object,
  open: readonly object[],
) => { readonly word: string; readonly days?: number };

const load = (file: string): Promise<Words> => import(`${PAGE_DIR}${file}`);
const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  svg: 'image/svg+xml',
};

describe('the page', () => {
  it('is served whole: every file of its folder, with its type, to be asked for again by its tag', async () => {
    const files = await readdir(PAGE_DIR);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const url = file === 'index.html' ? '/' : `/${file}`;
      const answer = await stand.get(url);
      expect([file, answer.statusCode]).toEqual([file, 200]);
      expect(answer.headers['content-type']).toContain(TYPES[file.split('.').at(-1) ?? '']);
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.body).toBe(await readFile(`${PAGE_DIR}${file}`, 'utf8'));
      const again = await stand.ask({ url, headers: { 'if-none-match': String(answer.headers.etag) } });
      expect(again.statusCode).toBe(304);
    }
  });

  it('is shown to who follows a link from another page', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await stand.ask({ url: '/', headers })).statusCode).toBe(200);
    expect((await stand.ask({ url: '/page.js', headers })).statusCode).toBe(403);
  });

  it('asks for nothing that the server does not have', async () => {
    const script = await readFile(`${PAGE_DIR}page.js`, 'utf8');
    const asked = [...script.matchAll(/ask\('([^']+)'\)/g)].map((match) => match[1] ?? '');
    expect(asked.length).toBeGreaterThan(3);
    for (const url of asked) expect([url, (await stand.get(url)).statusCode]).toEqual([url, 200]);
  });

  it('puts text in only as text, and nothing inline that its policy would refuse', async () => {
    for (const file of await readdir(PAGE_DIR)) {
      const text = await readFile(`${PAGE_DIR}${file}`, 'utf8');
      expect([
        file,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.exec(text),
      ]).toEqual([file, null]);
      if (!file.endsWith('.html')) continue;
      expect(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:|https?:\/\//.exec(text)).toBeNull();
    }
  });
});

describe('the words of the page', () => {
  it('are the same ones in both languages, said in each', async () => {
    const { WORDS } = (await load('words.js')) as { WORDS: Record<'en' | 'zh', Words> };
    expect(keysOf(WORDS.zh)).toEqual(keysOf(WORDS.en));
    const html = await readFile(`${PAGE_DIR}index.html`, 'utf8');
    const named = [...html.matchAll(/data-text="(\w+)"/g)].map((match) => match[1] ?? '');
    expect(named.filter((key) => typeof WORDS.en[key] !== 'string')).toEqual([]);
    expect(Object.keys(WORDS.en['runState'] as object).toSorted()).toEqual(
      Object.keys(RUN_MACHINE.next).toSorted(),
    );
    const outcomes = Object.keys(WORDS.en['outcome'] as object);
    expect(outcomes.filter((outcome) => !SYMBOL_OUTCOMES.some((known) => known === outcome))).toEqual([]);
  });
});

/** Keys with the kind of what is under them: texts and functions are not exchanged between languages. */
function keysOf(words: Words, prefix = ''): string[] {
  return Object.entries(words)
    .flatMap(([key, value]) =>
      typeof value === 'object'
        ? keysOf(value as Words, `${prefix}${key}.`)
        : [`${prefix}${key}: ${typeof value}`],
    )
    .toSorted();
}

describe('how a data set stands', () => {
  const fine = {
    dataset: 'daily_bars',
    kind: 'grid',
    cells: { gaps: 0 },
    lastRun: { state: 'success' },
    recent: [],
  };
  const lacking = { ...fine, cells: { gaps: 9 } };
  const day = (gaps: number) => ({ day: '2024-01-04', expected: 9, gaps });
  const list = { dataset: 'stock_basics', kind: 'snapshot', cells: null, lastRun: { state: 'success' } };

  it.each([
    ['fine', fine, []],
    ['running', fine, [{ dataset: 'daily_bars' }]],
    ['fine', fine, [{ dataset: 'adj_factors' }]],
    ['never', { ...fine, cells: null, lastRun: null }, []],
    ['failed', { ...fine, cells: null, lastRun: { state: 'failed' } }, []],
    ['failed', { ...lacking, lastRun: { state: 'failed' } }, []],
    ['fine', { ...fine, lastRun: { state: 'failed' } }, []],
    ['beside', { ...lacking, lastRun: null }, []],
    ['gaps', { ...lacking, recent: [day(9), day(0)] }, []],
    ['gaps', { ...lacking, recent: [day(0), day(8)] }, []],
    ['behind', { ...lacking, recent: [day(0), day(9)] }, []],
    ['never', { ...list, freshAsOf: null, lastRun: null }, []],
    ['stale', { ...list, freshAsOf: '2000-01-01T00:00:00.000Z' }, []],
    ['fine', { ...list, freshAsOf: '2999-01-01T00:00:00.000Z' }, []],
    ['failed', { ...list, freshAsOf: '2999-01-01T00:00:00.000Z', lastRun: { state: 'failed' } }, []],
  ])('is %s', async (word, dataset, open) => {
    const { standingOf } = (await load('datasets.js')) as { standingOf: Standing };
    expect(standingOf(dataset, open).word).toBe(word);
  });

  it('counts the newest days of which nothing is there', async () => {
    const { standingOf } = (await load('datasets.js')) as { standingOf: Standing };
    expect(standingOf({ ...lacking, recent: [day(9), day(3), day(9), day(9)] }, [])).toMatchObject({
      word: 'behind',
      days: 2,
    });
  });
});

describe('the figures of the page', () => {
  it('never say 100 % of what is not whole', async () => {
    const { percent } = (await load('figures.js')) as { percent: (part: number, whole: number) => string };
    expect(percent(99_999_999, 100_000_000)).toBe('99.99%');
    expect(percent(5, 5)).toBe('100.00%');
    expect(percent(0, 5)).toBe('0.00%');
  });

  it('are times in two units at most', async () => {
    const { duration } = (await load('figures.js')) as {
      duration: (ms: number, words: object, precise?: boolean) => string;
    };
    const words = { h: 'h ', m: 'm ', s: 's', ms: 'ms' };
    expect(duration(400, words)).toBe('1s');
    expect(duration(150_000, words)).toBe('2m 30s');
    expect(duration(3_722_000, words)).toBe('1h 2m');
    expect(duration(600.4, words, true)).toBe('600ms');
    expect(duration(2_345, words, true)).toBe('2.3s');
    expect(duration(59_600, words)).toBe('1m 0s');
  });
});
