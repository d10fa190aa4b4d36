import {
  AppError,
  backoffMs,
  builtinCalendar,
  ERRORS,
  plainDay,
  symbolOf,
  type ErrorCode,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, AskContext, Question } from '../ports/source.ts';
import type { Item, SyncRun } from '../ports/runStore.ts';
import { askItem } from './askItem.ts';
import type { AppDeps } from './deps.ts';
import type { Market } from './market.ts';
import { reactionTo } from './reactions.ts';

const DAY = plainDay('2024-01-04');
const LISTING = { instrumentId: 1, symbol: symbolOf('600001.SH'), listDate: DAY, delistDate: null };
const MARKET: Market = {
  calendar: builtinCalendar(),
  tradingDays: builtinCalendar(),
  severalRowsACell: false,
  aliases: new Map(),
  listings: [LISTING],
  bySymbol: new Map(),
  byId: new Map([[1, LISTING]]),
};
const RUN = { id: 1, dataset: 'daily_bars' } as SyncRun;
const ITEM: Item = {
  no: 1,
  source: 'tushare',
  shape: 'symbol',
  from: DAY,
  to: DAY,
  instrumentId: 1,
  members: null,
  attempts: 1,
};
const ANSWER: Answer = {
  batches: [{ dataset: 'daily_bars', columns: [], rows: [{}, {}] }],
  suspended: [],
  unreadable: [],
  calls: 3,
  bytes: 9,
};

/** A source that fails in the order given and then answers; pauses and what is learnt of it are noted. */
function stand(
  failures: readonly (ErrorCode | Error)[],
  options: { attempts?: number; budgets?: boolean; details?: Record<string, string | number> } = {},
) {
  const asked: Question[] = [];
  const pauses: number[] = [];
  const learnt: string[] = [];
  const learn =
    (name: string) =>
    async (...input: unknown[]) =>
      void learnt.push([name, ...input.map((one) => JSON.stringify(one))].join(' '));
  const ask = async (question: Question, { beforeCall }: AskContext): Promise<Answer> => {
    asked.push(question);
    await beforeCall('api.test', 'daily');
    const failure = failures[asked.length - 1];
    if (failure === undefined) return ANSWER;
    throw failure instanceof Error
      ? failure
      : new AppError(failure, { source: 'tushare', api: 'daily', ...options.details });
  };
  const deps = {
    sources: new Map([['tushare', { id: 'tushare', hosts: ['api.test'], ask }]]),
    settings: { itemAttempts: options.attempts ?? 3, backoffMs: 1000, budgets: options.budgets ?? false },
    clock: { now: () => 5, monotonic: () => 5, sleep: async (ms: number) => void pauses.push(ms) },
    store: {
      saveRight: learn('right'),
      noteSuccess: learn('success'),
      noteFailure: learn('failure'),
      openBreaker: learn('ban'),
      drainBudget: learn('drain'),
    },
  } as unknown as AppDeps;
  const context = { signal: new AbortController().signal, beforeCall: async () => {} };
  return { go: (item = ITEM) => askItem(deps, RUN, item, MARKET, context), asked, pauses, learnt };
}

describe('an item', () => {
  it('is put as the question that it is', async () => {
    const { go, asked } = stand([]);
    await go();
    await go({ ...ITEM, shape: 'day', instrumentId: null });
    await go({ ...ITEM, shape: 'all', instrumentId: null });
    expect(asked).toEqual([
      { shape: 'symbol', dataset: 'daily_bars', symbol: '600001.SH', from: DAY, to: DAY },
      { shape: 'day', dataset: 'daily_bars', day: DAY },
      { shape: 'all', dataset: 'daily_bars', from: DAY, to: DAY },
    ]);
  });

  it('answered at once has one attempt, with the calls of its pages', async () => {
    const { go } = stand([]);
    expect(await go()).toMatchObject({
      answer: ANSWER,
      error: null,
      reaction: null,
      attempts: [{ calls: 3, rows: 2, error: null }],
    });
  });

  it('is tried again after pauses that double, up to its attempts, each of them recorded', async () => {
    const codes = fc.constantFrom<ErrorCode>('transport', 'timeout', 'malformed', 'empty');
    await fc.assert(
      fc.asyncProperty(
        fc.array(codes, { maxLength: 7 }),
        fc.integer({ min: 1, max: 5 }),
        async (failures, attempts) => {
          const { go, asked, pauses } = stand(failures, { attempts });
          const { answer, attempts: recorded, error, reaction } = await go();
          const tries = Math.min(failures.length + 1, attempts);
          expect([asked.length, recorded.length]).toEqual([tries, tries]);
          const key = 'run 1, item 1';
          expect(pauses).toEqual(Array.from({ length: tries - 1 }, (_, at) => backoffMs(1000, at + 1, key)));
          const gaveUp = failures.length >= attempts;
          expect([answer === null, error?.code, reaction]).toEqual([
            gaveUp,
            gaveUp ? failures[attempts - 1] : undefined,
            gaveUp ? 'again' : null,
          ]);
          expect(recorded.map((one) => one.error?.code)).toEqual(
            [...failures.slice(0, tries), ...(gaveUp ? [] : [undefined])].slice(0, tries),
          );
        },
      ),
    );
  });

  it('waits twice for a used-up minute, and then is given up', async () => {
    const { go, asked, pauses } = stand(['rate_limited', 'rate_limited', 'rate_limited'], { budgets: true });
    expect(await go()).toMatchObject({ answer: null, error: { code: 'rate_limited' }, reaction: 'wait' });
    expect([asked.length, pauses]).toEqual([3, [65_000, 65_000]]);
  });

  it('leaves the wait to the gate where the source has named its limit', async () => {
    const details = { limit: 50, windowSeconds: 60 };
    const { go, pauses } = stand(['rate_limited'], { budgets: true, details });
    expect(await go()).toMatchObject({ answer: ANSWER });
    expect(pauses).toEqual([1000]);
  });

  it('waits for as long as the source asks to, and leaves a source that asks for too much', async () => {
    const { go, pauses } = stand(['transport', 'rate_limited'], { details: { retryAfterMs: 90_000 } });
    expect(await go()).toMatchObject({ answer: ANSWER });
    expect(pauses).toEqual([90_000, 90_000]);
    const long = stand(['transport'], { details: { retryAfterMs: 3_600_000 } });
    expect(await long.go()).toMatchObject({ error: { code: 'transport' }, reaction: 'drop_source' });
    expect([long.asked.length, long.pauses]).toEqual([1, []]);
  });

  it('is never tried again after a refusal that stays one', async () => {
    const permanent = (Object.keys(ERRORS) as ErrorCode[]).filter((code) =>
      ['give_up', 'drop_source'].includes(reactionTo(code)),
    );
    for (const code of permanent) {
      const { go, asked, pauses } = stand([code]);
      expect(await go()).toMatchObject({ answer: null, error: { code } });
      expect([code, asked.length, pauses]).toEqual([code, 1, []]);
    }
  });

  it('leaves to the caller what is no word of the source', async () => {
    for (const code of ['interrupted', 'lease_lost', 'database_unreachable'] as const) {
      await expect(stand([code]).go()).rejects.toMatchObject({ code });
    }
    expect(await stand([new TypeError('odd')]).go()).toMatchObject({
      answer: null,
      error: { code: 'internal' },
      reaction: 'give_up',
    });
  });
});

describe('what became of the calls teaches of the host', () => {
  const success = 'success "api.test" [{"api":"daily","ms":0}]';

  it.each<[ErrorCode, Record<string, string | number>, readonly string[]]>([
    [
      'permission_denied',
      {},
      ['right {"source":"tushare","api":"daily","allowed":false', 'success "api.test"'],
    ],
    ['transport', {}, ['failure "api.test"', success]],
    ['malformed', {}, ['failure "api.test"', success]],
    ['timeout', { host: 'other.test' }, ['failure "other.test"', success]],
    ['empty', {}, ['success "api.test"', success]],
    ['banned', { pauseMs: 7 }, ['ban "api.test" "', ' 7 false']],
    [
      'quota_exhausted',
      { limit: 5, windowSeconds: 60 },
      ['drain {"host":"api.test","api":"daily","windowSeconds":60,"capacity":5}', 'success "api.test"'],
    ],
    ['rate_limited', {}, ['success "api.test"', success]],
    ['upstream_refused', {}, ['success "api.test"']],
    ['breaker_open', {}, []],
    ['internal', {}, []],
  ])('%s with %j', async (code, details, expected) => {
    const { go, learnt } = stand([code], { budgets: true, details });
    await go();
    const lines = code === 'banned' ? [...learnt, ...learnt] : learnt;
    expect(lines).toHaveLength(expected.length);
    expected.forEach((part, at) => expect(lines[at]).toContain(part));
  });

  it('only of rights, where no budgets are kept', async () => {
    const { go, learnt } = stand(['transport', 'banned']);
    await go();
    expect(learnt).toEqual([]);
  });
});
