import { readdir, readFile } from 'node:fs/promises';
import { FIRE_REASONS, JOB_MACHINE, JOB_TYPES, RUN_MACHINE, SYMBOL_OUTCOMES } from '@tapekeeper/core';
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

/** Those that are not found under their own names. */
const PATHS: Record<string, string> = { 'index.html': '/', 'docs.html': '/docs' };

describe('the page', () => {
  it('is served whole: every file of its folder, with its type, to be asked for again by its tag', async () => {
    const files = await readdir(PAGE_DIR);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const url = PATHS[file] ?? `/${file}`;
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
    const filled = [...script.matchAll(/ask\(`([^`]+)`\)/g)].map((match) =>
      (match[1] ?? '')
        .replace('${decision}', 'skipped')
        .replace('${since}', encodeURIComponent('2024-01-04T00:00:00.000Z')),
    );
    expect(filled.length).toBeGreaterThan(0);
    for (const url of [...asked, ...filled])
      expect([url, (await stand.get(url)).statusCode]).toEqual([url, 200]);
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
    expect(Object.keys(WORDS.en['jobState'] as object).toSorted()).toEqual(
      Object.keys(JOB_MACHINE.next).toSorted(),
    );
    expect(Object.keys(WORDS.en['type'] as object).toSorted()).toEqual([...JOB_TYPES].toSorted());
    const outcomes = Object.keys(WORDS.en['outcome'] as object);
    expect(outcomes.filter((outcome) => !SYMBOL_OUTCOMES.some((known) => known === outcome))).toEqual([]);
  });

  it('says why something did not run, whatever the reason', async () => {
    const { WORDS } = (await load('words.js')) as { WORDS: Record<'en' | 'zh', Words> };
    const ofFires = FIRE_REASONS.filter((reason) => !RAN.includes(reason));
    const ofNodes = ['workflow_stopped', 'dependency_failed'];
    expect(Object.keys(WORDS.en['reason'] as object).toSorted()).toEqual([...ofFires, ...ofNodes].toSorted());
  });
});

/** Reasons of fires that ran: nothing has to be explained. */
const RAN: readonly string[] = ['on_time', 'caught_up', 'queued', 'replaced', 'after_run'];

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
    ['running', fine, [{ dataset: 'daily_bars', type: 'repair', waitsForTurn: false }]],
    ['fine', fine, [{ dataset: 'daily_bars', type: 'repair', waitsForTurn: true }]],
    ['fine', fine, [{ dataset: 'daily_bars', type: 'export', waitsForTurn: false }]],
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

describe('a run on the page', () => {
  const reader = {
    words: { type: { statistics: 'Statistics' } },
    titleOf: (dataset: string) => `the data of ${dataset}`,
    nameOfJob: (id: number) => (id === 1 ? 'Every evening' : undefined),
  };

  it.each([
    ['the data of daily_bars', { dataset: 'daily_bars', type: 'sync', job: { id: 1, key: 'evening' } }],
    ['Every evening', { dataset: null, type: 'statistics', job: { id: 1, key: 'evening' } }],
    ['gone', { dataset: null, type: 'statistics', job: { id: 2, key: 'gone' } }],
    ['Statistics', { dataset: null, type: 'statistics', job: null }],
  ])('is called %s', async (name, run) => {
    const { nameOfRun } = (await load('runs.js')) as { nameOfRun: (run: object, with_: object) => string };
    expect(nameOfRun(run, reader)).toBe(name);
  });

  it('stands below the workflow that it is a node of, where that is listed', async () => {
    const { nest } = (await load('runs.js')) as {
      nest: (runs: readonly object[]) => readonly { readonly run: { id: number }; readonly depth: number }[];
    };
    const run = (id: number, parentRunId: number | null, node: string | null) => ({ id, parentRunId, node });
    const listed = [
      run(9, 5, 'later'),
      run(8, null, null),
      run(7, 6, 'inner'),
      run(6, 5, 'inner workflow'),
      run(5, null, null),
      run(4, 2, 'node of an older one'),
      run(3, 1, null),
      run(1, null, null),
    ];
    expect(nest(listed).map(({ run: { id }, depth }) => `${'>'.repeat(depth)}${id}`)).toEqual([
      '8',
      '5',
      '>6',
      '>>7',
      '>9',
      '4',
      '3',
      '1',
    ]);
  });

  it('is as far as the server says, else as far as it is counted', async () => {
    const { fractionOf } = (await load('datasets.js')) as { fractionOf: (run: object) => number | null };
    const counted = { symbolsTotal: 0, symbolsDone: 0, itemsTotal: 4, itemsDone: 2, itemsFailed: 1 };
    const nothing = { symbolsTotal: 0, symbolsDone: 0, itemsTotal: 0, itemsDone: 0, itemsFailed: 0 };
    expect(fractionOf({ progress: { ...counted, fraction: 0.5 } })).toBe(0.5);
    expect(fractionOf({ progress: counted })).toBe(0.75);
    expect(fractionOf({ progress: { ...nothing, fraction: 0 } })).toBeNull();
    expect(fractionOf({ progress: nothing })).toBeNull();
  });
});

describe('the jobs of the page', () => {
  it('stand by what runs next, enabled ones first, those that wait for nothing last', async () => {
    const { bySoonest } = (await load('runs.js')) as { bySoonest: (one: object, other: object) => number };
    const job = (id: number, state: string, dueAt: string | null) => ({
      id,
      state,
      next: dueAt === null ? null : { dueAt },
    });
    const jobs = [
      job(1, 'paused', null),
      job(2, 'enabled', null),
      job(3, 'enabled', '2024-01-05T01:00:30.000Z'),
      job(4, 'enabled', '2024-01-05T01:00:10.000Z'),
      job(5, 'enabled', '2024-01-04T09:00:00.000Z'),
    ];
    expect(jobs.toSorted(bySoonest)).toMatchObject([{ id: 5 }, { id: 3 }, { id: 4 }, { id: 2 }, { id: 1 }]);
  });

  it('have one line for all that did not run for one reason', async () => {
    const { gatherFires } = (await load('runs.js')) as {
      gatherFires: (pages: readonly object[]) => {
        readonly shown: readonly object[];
        readonly more: boolean;
      };
    };
    const fire = (jobId: number, reason: string, hour: string, dueCount: number) => ({
      jobId,
      reason,
      dueCount,
      decision: reason === 'too_late' ? 'missed' : 'skipped',
      scheduledFor: `2024-01-04T${hour}:00:00.000Z`,
      until: `2024-01-04T${hour}:30:00.000Z`,
    });
    const missed = { fires: [fire(1, 'too_late', '03', 1)], next: null };
    const skipped = {
      fires: [fire(1, 'job_busy', '08', 2), fire(2, 'job_busy', '05', 1), fire(1, 'job_busy', '01', 4)],
      next: null,
    };
    expect(gatherFires([missed, skipped])).toMatchObject({
      shown: [
        {
          jobId: 1,
          reason: 'job_busy',
          from: '2024-01-04T01:00:00.000Z',
          until: '2024-01-04T08:30:00.000Z',
          count: 6,
        },
        { jobId: 2, reason: 'job_busy', count: 1 },
        { jobId: 1, reason: 'too_late', count: 1 },
      ],
      more: false,
    });
    expect(gatherFires([missed, { ...skipped, next: 7 }]).more).toBe(true);
    const many = [1, 2, 3, 4, 5, 6].map((jobId) => fire(jobId, 'group_busy', '02', 1));
    expect(gatherFires([{ fires: many, next: null }])).toMatchObject({ shown: { length: 5 }, more: true });
    expect(gatherFires([{ fires: [], next: null }])).toEqual({ shown: [], more: false });
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

  it('stand still while a time to come is far', async () => {
    const { ahead } = (await load('figures.js')) as { ahead: (ms: number, words: object) => string };
    const words = { d: ' d', h: ' h ', m: ' min ', s: ' s', ms: ' ms' };
    expect(ahead(40_900, words)).toBe('40 s');
    expect(ahead(12 * 60_000 + 50_000, words)).toBe('12 min');
    expect(ahead(65 * 60_000 + 50_000, words)).toBe('1 h 5 min');
    expect(ahead(47 * 3_600_000, words)).toBe('47 h 0 min');
    expect(ahead(73 * 3_600_000, words)).toBe('3 d');
  });

  it('give the range of a time left in one unit, no narrower than it is', async () => {
    const { span } = (await load('figures.js')) as {
      span: (low: number, high: number, words: object) => string;
    };
    const words = { h: ' h ', m: ' min ', s: ' s' };
    expect(span(10_700, 15_100, words)).toBe('10–16 s');
    expect(span(100_000, 290_000, words)).toBe('1–5 min');
    expect(span(7_200_000, 9_000_000, words)).toBe('2–3 h');
    expect(span(10, 900, words)).toBe('1 s');
  });
});
