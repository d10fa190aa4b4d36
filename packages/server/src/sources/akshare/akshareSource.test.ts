import { EXCHANGES, type DatasetId, type Row } from '@tapekeeper/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openAkshareStand } from '../../../../../test/conformance/akshareStand.ts';
import { UNHURRIED } from '../../../../../test/conformance/deadlines.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { createAkshareSource } from './akshareSource.ts';
import type { Answer, AskContext, Question, Source } from '../../ports/source.ts';

let stand: Awaited<ReturnType<typeof openAkshareStand>>;
let source: Source;
let trouble: string[] = [];

beforeAll(async () => {
  stand = await openAkshareStand();
});
afterAll(() => stand.close());
afterEach(() => {
  stand.behave();
  trouble = [];
});

function questionOf(dataset: DatasetId): Question {
  return stand.questions.find((question) => question.dataset === dataset) ?? expect.fail(`no ${dataset}`);
}

function ask(question: Question): Promise<Answer> {
  const context = {
    signal: new AbortController().signal,
    beforeCall: async () => {},
    routeFailed: async ({ code, details }: { code: string; details: Readonly<Record<string, unknown>> }) =>
      void trouble.push(`${code} ${String(details['host'])}`),
  } satisfies AskContext & Record<string, unknown>;
  return source.ask(question, context);
}

const rowsOf = ({ batches }: Answer) => batches[0]?.rows ?? [];
const byKey = (rows: readonly Row[], ...columns: string[]) =>
  new Map(rows.map((row) => [columns.map((column) => row[column]).join(' '), row]));

/** The answer of the first route, and that of the next when these origins hang up. */
async function bothWays(dataset: DatasetId, ...origins: string[]) {
  source = stand.make(UNHURRIED);
  const first = await ask(questionOf(dataset));
  for (const origin of origins)
    stand.replay.addFault({ match: { protocol: 'akshare', origin }, fault: { kind: 'reset' } });
  source = stand.make(UNHURRIED);
  return { first, next: await ask(questionOf(dataset)) };
}

describe('another route', () => {
  it.each<DatasetId>(['daily_bars', 'index_bars'])(
    'gives the same %s, but for lots and rounding',
    async (dataset) => {
      const { first, next } = await bothWays(dataset, 'push2his');
      const known = byKey(rowsOf(first), 'trade_date');
      expect(rowsOf(next).length).toBeGreaterThan(30);
      for (const row of rowsOf(next)) {
        const same = known.get(String(row['trade_date'])) ?? {};
        for (const column of ['open', 'high', 'low', 'close', 'pre_close'])
          expect([column, row[column]]).toEqual([column, same[column]]);
        expect(Math.abs(Number(row['volume']) - Number(same['volume']))).toBeLessThanOrEqual(100);
        expect(Number(row['amount']) / Number(same['amount'])).toBeCloseTo(1, 3);
        expect(Number(row['pct_chg'])).toBeCloseTo(Number(same['pct_chg']), 1);
      }
      expect(trouble).toEqual(['transport eastmoney_push2']);
    },
  );

  it('gives the same list of stocks', async () => {
    const { first, next } = await bothWays('stock_basics', 'push2');
    const known = byKey(rowsOf(first), 'symbol');
    expect(rowsOf(next).length).toBe(known.size);
    for (const row of rowsOf(next)) expect(row).toEqual(known.get(String(row['symbol'])));
  });

  it('gives the same calendar', async () => {
    const { first, next } = await bothWays('trade_calendar', 'sina');
    expect(rowsOf(next)).toEqual(rowsOf(first));
    expect(new Set(rowsOf(first).map((row) => row['exchange']))).toEqual(new Set(EXCHANGES));
  });

  it.each([
    ['Sina', ['push2']],
    ['Tencent', ['push2', 'sina_hq']],
    ["Sina's list", ['push2', 'sina_hq', 'tencent']],
  ])('gives the same quotes: that of %s', async (_, origins) => {
    const { first, next } = await bothWays('quotes', ...origins);
    const known = byKey(rowsOf(first), 'symbol');
    expect(rowsOf(next).length).toBe(rowsOf(first).length);
    for (const row of rowsOf(next)) {
      const same = known.get(String(row['symbol'])) ?? {};
      for (const column of ['trade_date', 'last', 'open', 'high', 'low', 'pre_close'])
        expect([row['symbol'], column, row[column]]).toEqual([row['symbol'], column, same[column]]);
      expect(Math.abs(Number(row['volume']) - Number(same['volume']))).toBeLessThanOrEqual(100);
      expect(Number(row['amount']) / Number(same['amount'])).toBeCloseTo(1, 3);
    }
  });

  it('gives the same announcements, under numbers of its own', async () => {
    const { first, next } = await bothWays('announcements', 'cninfo');
    const titles = (answer: Answer) =>
      rowsOf(answer)
        .map((row) => `${String(row['symbol'])} ${String(row['title'])}`)
        .toSorted();
    expect(titles(next)).toEqual(titles(first));
  });
});

describe('upstreams that behave as they do', () => {
  const fault = (origin: string, kind: 'captcha' | 'notice') =>
    stand.replay.addFault({ match: { protocol: 'akshare', origin }, fault: { kind } });

  it.each<[DatasetId, string, 'captcha' | 'notice', string]>([
    ['index_basics', 'push2', 'captcha', 'eastmoney_push2'],
    ['adj_factors', 'sina', 'notice', 'sina'],
  ])('%s of %s with a %s are a ban of %s', async (dataset, origin, kind, host) => {
    source = stand.make(UNHURRIED);
    fault(origin, kind);
    const error = await failureOf(ask(questionOf(dataset)));
    expect([error.code, error.details['host']]).toEqual(['banned', host]);
  });

  it('cut the pages of lists, which are whole all the same', async () => {
    source = stand.make(UNHURRIED);
    const whole = rowsOf(await ask(questionOf('stock_basics')));
    stand.replay.addFault({
      match: { protocol: 'akshare', origin: 'push2' },
      fault: { kind: 'page_cap', rows: 7 },
    });
    const answer = await ask(questionOf('stock_basics'));
    expect(rowsOf(answer)).toEqual(whole);
    expect(answer.calls).toBeGreaterThan(10);
  });

  it('move rows between pages, which makes the list malformed', async () => {
    source = createAkshareSource({ ...stand.options, pageRows: 10 });
    stand.replay.addFault({
      match: { protocol: 'akshare', origin: 'push2' },
      fault: { kind: 'moved_pages', rows: 1 },
    });
    expect((await failureOf(ask(questionOf('index_basics')))).code).toBe('malformed');
  });

  it('shut out who asks too often: of the quotes, and of nothing else', async () => {
    source = stand.make(UNHURRIED);
    const only = {
      match: { protocol: 'akshare', origin: 'push2his' },
      fault: { kind: 'ban', afterCalls: 1 },
    } as const;
    stand.replay.addFault(only);
    for (let times = 0; times < 3; times += 1) await ask(questionOf('daily_bars'));
    expect(trouble).toEqual(['transport eastmoney_push2', 'banned eastmoney_push2']);
    expect((await failureOf(ask(questionOf('index_basics')))).code).toBe('banned');
    expect((await ask(questionOf('dividends'))).batches[0]?.rows.length).toBeGreaterThan(0);
  });

  it('put no decimals into prices, which makes the page malformed', async () => {
    source = stand.make(UNHURRIED);
    stand.replay.addFault({
      match: { protocol: 'akshare', origin: 'push2' },
      fault: { kind: 'scale', field: 'price', factor: 100 },
    });
    expect((await failureOf(ask(questionOf('quotes')))).code).toBe('malformed');
  });
});

describe('capabilities', () => {
  it('foretell the calls of a question', async () => {
    source = stand.make(UNHURRIED);
    for (const { dataset, queries = 1 } of source.capabilities) {
      // The sample's company is a bank, which is found out at the second guess.
      if (dataset === 'financials') await ask(questionOf(dataset));
      expect([dataset, (await ask(questionOf(dataset as DatasetId))).calls]).toEqual([dataset, queries]);
    }
  });
});
