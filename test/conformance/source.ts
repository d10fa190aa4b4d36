import {
  AppError,
  DATASETS,
  exchangeOf,
  isDatasetId,
  parseDay,
  parseSymbol,
  symbolOf,
  type DatasetId,
  type ErrorCode,
  type Row,
} from '@tapekeeper/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import type { Deadlines } from '../../packages/server/src/sources/watch.ts';
import { rowFaults } from './canonicalRow.ts';
import { UNHURRIED } from './deadlines.ts';
import { failureOf } from './failure.ts';

/** What an upstream can be told to do instead of answering. */
export type Misbehaviour = 'silence' | 'half an answer' | 'reset' | 'noise' | 'drip';

/** A source and the upstream that it talks to, held by the test. */
export interface SourceStand {
  /** A new source against the same upstream. */
  make(deadlines: Deadlines): Source;
  /** One question of each data set and shape that the source serves; the upstream has rows for all of them. */
  readonly questions: readonly Question[];
  /** From the next call on, until told to behave. */
  misbehave(how: Misbehaviour): void;
  behave(): void;
  /** Calls that have reached the upstream so far. */
  calls(): number;
  close(): Promise<void>;
}

const OUTCOMES: readonly (readonly [Misbehaviour, ErrorCode, Partial<Deadlines>])[] = [
  ['silence', 'timeout', { idleMs: 60 }],
  ['drip', 'timeout', { totalMs: 120 }],
  ['half an answer', 'transport', {}],
  ['reset', 'transport', {}],
  ['noise', 'malformed', {}],
];

/** What every implementation of `Source` must do, whatever it talks to. */
export function describeSource(name: string, open: () => Promise<SourceStand>): void {
  describe(`${name} as a source`, () => {
    let stand: SourceStand;
    let source: Source;
    const first = (): Question => stand.questions[0] ?? expect.fail('the stand asks nothing');

    beforeAll(async () => {
      stand = await open();
    });
    afterAll(() => stand.close());
    beforeEach(() => {
      source = stand.make(UNHURRIED);
    });
    afterEach(async () => {
      stand.behave();
      await source.close();
    });

    it('declares columns, keys and by-products of the catalogue', () => {
      for (const { dataset, columns, byproducts, shapes, pageRows, exchanges } of source.capabilities) {
        if (!isDatasetId(dataset)) return expect.fail(`unknown data set ${dataset}`);
        const known = DATASETS[dataset].columns.map((column) => column.name);
        expect(known).toEqual(expect.arrayContaining([...columns]));
        expect(columns).toEqual(expect.arrayContaining([...DATASETS[dataset].key]));
        expect(byproducts.every(isDatasetId) && !byproducts.includes(dataset)).toBe(true);
        expect([shapes.length > 0, pageRows > 0, exchanges.length > 0]).toEqual([true, true, true]);
      }
      const served = source.capabilities.flatMap(({ dataset, shapes }) =>
        shapes.map((shape) => `${dataset} ${shape}`),
      );
      expect(stand.questions.map(({ dataset, shape }) => `${dataset} ${shape}`)).toEqual(
        expect.arrayContaining(served),
      );
    });

    it('answers each question with canonical rows, and with all it declares', async () => {
      for (const question of stand.questions) {
        const answer = await source.ask(question, freely());
        expectCanonical(source, question, answer);
        expect(answer.unreadable).toEqual([]);
      }
    });

    it('gives the same rows when asked again', async () => {
      for (const question of stand.questions) {
        const [once, again] = [await source.ask(question, freely()), await source.ask(question, freely())];
        expect(again.batches).toEqual(once.batches);
      }
    });

    it('answers questions that are asked together like those asked one by one', async () => {
      const alone: Answer[] = [];
      for (const question of stand.questions) alone.push(await source.ask(question, freely()));
      const together = await Promise.all(stand.questions.map((question) => source.ask(question, freely())));
      expect(together.map(({ batches }) => batches)).toEqual(alone.map(({ batches }) => batches));
    });

    it('asks for leave before every call, under a host and an interface that it declares', async () => {
      const apis = new Set(source.capabilities.map(({ api }) => api));
      for (const question of stand.questions) {
        const permits: string[] = [];
        const before = stand.calls();
        const answer = await source.ask(question, {
          ...freely(),
          async beforeCall(host, api) {
            expect(source.hosts).toContain(host);
            expect(stand.calls() - before).toBe(permits.length);
            permits.push(api);
          },
        });
        expect(permits.length).toBe(answer.calls);
        expect(stand.calls() - before).toBe(answer.calls);
        expect(permits.some((api) => apis.has(api))).toBe(true);
        expect(answer.bytes).toBeGreaterThan(0);
      }
    });

    it('makes no call without leave, and hands on the refusal of it', async () => {
      const before = stand.calls();
      const refusal = new AppError('breaker_open', { host: 'x', until: 'later', reason: 'tried too often' });
      const error = await failureOf(
        source.ask(first(), { ...freely(), beforeCall: () => Promise.reject(refusal) }),
      );
      expect(error).toBe(refusal);
      expect(stand.calls()).toBe(before);
    });

    it('refuses what it does not serve, without a call', async () => {
      const before = stand.calls();
      for (const question of questionsNotServed(source)) {
        expect((await failureOf(source.ask(question, freely()))).code).toBe('source_lacks_dataset');
      }
      expect(stand.calls()).toBe(before);
    });

    it('stops at once when interrupted: before a call, while it waits for leave, and while one is in flight', async () => {
      const aborted = { ...freely(), signal: AbortSignal.abort() };
      expect((await failureOf(source.ask(first(), aborted))).code).toBe('interrupted');

      const waiting = new AbortController();
      const beforeCall = () => new Promise<never>(() => waiting.abort());
      expect((await failureOf(source.ask(first(), { signal: waiting.signal, beforeCall }))).code).toBe(
        'interrupted',
      );

      stand.misbehave('silence');
      const flying = new AbortController();
      const before = stand.calls();
      const failed = failureOf(source.ask(first(), { ...freely(), signal: flying.signal }));
      await expect.poll(() => stand.calls(), { interval: 2 }).toBeGreaterThan(before);
      flying.abort();
      expect((await failed).code).toBe('interrupted');
      stand.behave();
      expectCanonical(source, first(), await source.ask(first(), freely()));
    });

    it.each(OUTCOMES)('turns %s into %s, and answers again afterwards', async (how, code, hurry) => {
      const hurried = stand.make({ ...UNHURRIED, ...hurry });
      try {
        stand.misbehave(how);
        const error = await failureOf(hurried.ask(first(), freely()));
        expect(error.code).toBe(code);
        expect(error.details).toMatchObject({ source: source.id, host: hurried.hosts[0] });
      } finally {
        stand.behave();
        await hurried.close();
      }
      expectCanonical(source, first(), await source.ask(first(), freely()));
    });

    it('shows a small call of each data set: what came, and what was read', async () => {
      for (const { dataset, api } of source.capabilities) {
        const probe = await source.probe(dataset as DatasetId, freely());
        expect(probe.api).toBe(api);
        expect(probe.raw.length).toBeGreaterThan(0);
        expect(probe.parsed).toBeDefined();
        expect(probe.ms).toBeGreaterThanOrEqual(0);
      }
    });

    it('may be closed twice, and answers again after that', async () => {
      await source.ask(first(), freely());
      await Promise.all([source.close(), source.close()]);
      await source.close();
      expectCanonical(source, first(), await source.ask(first(), freely()));
    });
  });
}

function freely(): AskContext {
  return { signal: new AbortController().signal, beforeCall: async () => {} };
}

/** Shapes, data sets and exchanges outside of what the source declares. */
function questionsNotServed(source: Source): readonly Question[] {
  const day = parseDay('2024-01-10') ?? expect.fail('no day');
  const capability = (dataset: string) => source.capabilities.find((each) => each.dataset === dataset);
  const range = { from: day, to: day };
  const questions: Question[] = [];
  for (const dataset of Object.keys(DATASETS).filter(isDatasetId)) {
    const served = capability(dataset);
    const symbol = symbolOf('920163.BJ');
    if (!served?.shapes.includes('day')) questions.push({ shape: 'day', dataset, day });
    if (!served?.shapes.includes('all')) questions.push({ shape: 'all', dataset, ...range });
    if (!served?.shapes.includes('symbol') || !served.exchanges.includes('XBSE')) {
      questions.push({ shape: 'symbol', dataset, symbol, ...range });
    }
  }
  return questions;
}

function expectCanonical(source: Source, question: Question, answer: Answer): void {
  const capability = source.capabilities.find(({ dataset }) => dataset === question.dataset);
  const [main, ...rest] = answer.batches;
  expect(main?.dataset).toBe(question.dataset);
  expect(main?.rows.length).toBeGreaterThan(0);
  expect(rest.map(({ dataset }) => dataset)).toEqual(capability?.byproducts);
  for (const { dataset, columns, rows } of answer.batches) {
    const declared = source.capabilities.find((each) => each.dataset === dataset)?.columns;
    expect(declared).toEqual(expect.arrayContaining([...columns]));
    const faults = rows.flatMap((row) => rowFaults(dataset, columns, row));
    expect(faults).toEqual([]);
    const keys = rows.map((row) => DATASETS[dataset].key.map((column) => row[column]).join(' '));
    expect(new Set(keys).size).toBe(keys.length);
    expect(rows.filter((row) => !within(question, row))).toEqual([]);
    const exchanges = new Set(
      rows.filter((row) => (row.symbol ?? row.exchange) !== undefined).map(exchangeOfRow),
    );
    expect(capability?.exchanges).toEqual(expect.arrayContaining([...exchanges]));
  }
  for (const { symbol, day } of answer.suspended) {
    const bars = answer.batches.find(({ dataset }) => dataset === 'daily_bars')?.rows ?? [];
    expect(bars.some((row) => row.symbol === symbol && row.trade_date === day)).toBe(false);
  }
}

function within(question: Question, row: Row): boolean {
  const day = row.trade_date ?? row.cal_date;
  const ofSymbol = row.symbol !== undefined && question.shape === 'symbol';
  if (ofSymbol && row.symbol !== question.symbol) return false;
  if (typeof day !== 'string') return true;
  return question.shape === 'day' ? day === question.day : day >= question.from && day <= question.to;
}

function exchangeOfRow(row: Row): string {
  const symbol = typeof row.symbol === 'string' ? parseSymbol(row.symbol) : undefined;
  return symbol === undefined ? String(row.exchange) : exchangeOf(symbol);
}
