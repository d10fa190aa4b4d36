import {
  AppError,
  builtinCalendar,
  exchangeOf,
  plainDay,
  shanghaiDay,
  shanghaiInstant,
  symbolOf,
  type Instant,
  type PlainDay,
  type Row,
  type SourceId,
  type Symbol,
} from '@tapekeeper/core';
import type { Answer, AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { below, type Random } from '../chaos/random.ts';
import { answerOf, capabilityOf, rowOf, stockOf } from '../support/smallMarket.ts';
import type { Actor, Interleaving } from './interleaving.ts';

/** Instruments of the world, listed long before its days. */
export const WORLD_SYMBOLS: readonly Symbol[] = [
  '600001.SH',
  '600002.SH',
  '000001.SZ',
  '000002.SZ',
  '300001.SZ',
  '688001.SH',
].map(symbolOf);

/** When every sequence begins: a Thursday morning. */
export const WORLD_START: Instant = shanghaiInstant(plainDay('2024-01-18'), 9 * 60);
/** The day before which no bars are wished for. */
export const FIRST_WISHED = plainDay('2024-01-08');

const PUBLISHED_MINUTES = 15 * 60 + 30;

/** What a source does with the next questions; `fine` is the truth. */
export type Weather =
  | 'fine'
  | 'transport'
  | 'timeout'
  | 'malformed'
  | 'rate_limited'
  | 'quota_exhausted'
  | 'banned'
  | 'permission_denied'
  | 'partial'
  | 'silent';

export const WEATHERS: readonly Weather[] = [
  'fine',
  'transport',
  'timeout',
  'malformed',
  'rate_limited',
  'quota_exhausted',
  'banned',
  'permission_denied',
  'partial',
  'silent',
];

/** Whether there is a bar: every symbol trades on every trading day, and is published after the close. */
export function isTrue(symbol: string, day: PlainDay, at: Instant): boolean {
  return (
    (WORLD_SYMBOLS as readonly string[]).includes(symbol) &&
    builtinCalendar().isOpen(day) &&
    at >= shanghaiInstant(day, PUBLISHED_MINUTES)
  );
}

const rows = new Map<string, Row>();

/** The one true bar of a cell. */
export function trueBar(symbol: string, day: PlainDay): Row {
  const known = rows.get(`${symbol} ${day}`);
  if (known !== undefined) return known;
  const row = rowOf('daily_bars', symbol, day);
  rows.set(`${symbol} ${day}`, row);
  return row;
}

/** Rows of the calendar that both sources give: January 2024, always the same. */
export const CALENDAR_ROWS: readonly Row[] = Array.from({ length: 31 }, (_, at): Row => {
  const day = plainDay(`2024-01-${String(at + 1).padStart(2, '0')}`);
  return { exchange: 'XSHG', cal_date: day, is_open: builtinCalendar().isOpen(day), prev_trade_date: null };
});

export const LIST_ROWS: readonly Row[] = WORLD_SYMBOLS.map((symbol) => ({
  ...stockOf(symbol),
  exchange: exchangeOf(symbol),
}));

/** What everybody knows at an instant of what is asked. */
function truthOf(question: Question, at: Instant): readonly Row[] {
  if (question.dataset === 'stock_basics') return LIST_ROWS;
  if (question.dataset === 'trade_calendar') return CALENDAR_ROWS;
  const [from, to] = question.shape === 'day' ? [question.day, question.day] : [question.from, question.to];
  const wanted = question.shape === 'symbol' ? [question.symbol] : WORLD_SYMBOLS;
  const today = shanghaiDay(at);
  const days = builtinCalendar().tradingDays(from, to < today ? to : today);
  return wanted.flatMap((symbol) =>
    days.filter((day) => isTrue(symbol, day, at)).map((day) => trueBar(symbol, day)),
  );
}

const LISTS = [capabilityOf('stock_basics', ['all']), capabilityOf('trade_calendar', ['all'])];

/** Two upstreams: one by days and symbols, one by symbols alone over a single connection. */
export const UPSTREAMS: readonly Pick<Source, 'id' | 'hosts' | 'capabilities' | 'singleConnection'>[] = [
  {
    id: 'tushare',
    hosts: ['tushare.test'],
    capabilities: [...LISTS, capabilityOf('daily_bars', ['day', 'symbol'])],
    singleConnection: false,
  },
  {
    id: 'baostock',
    hosts: ['baostock.test'],
    capabilities: [...LISTS, capabilityOf('daily_bars', ['symbol'])],
    singleConnection: true,
  },
];

export interface SourceOptions {
  readonly interleaving: Interleaving;
  readonly actor: Actor;
  readonly random: Random;
  /** The true time. */
  readonly now: () => Instant;
  readonly weather: ReadonlyMap<SourceId, Weather>;
}

/** One process's own road to an upstream. */
export function createWorldSource(upstream: (typeof UPSTREAMS)[number], options: SourceOptions): Source {
  const { interleaving, actor, random, now, weather } = options;
  const { id } = upstream;
  const host = upstream.hosts[0] ?? id;
  return {
    ...upstream,
    async ask(question, context) {
      const api = upstream.capabilities.find((one) => one.dataset === question.dataset)?.api ?? '';
      await context.beforeCall(host, api);
      const sky = weather.get(id) ?? 'fine';
      const latencyMs = sky === 'silent' ? SILENCE_MS : 5 + below(random, LATENCY_MS);
      return abortable(context, () =>
        interleaving.call(
          actor,
          `ask ${id}`,
          () => answered(id, host, api, question, sky, now(), random),
          latencyMs,
        ),
      );
    },
    probe: () =>
      Promise.reject(new AppError('upstream_refused', { source: id, host, message: 'no probes.' })),
    close: async () => {},
  };
}

const LATENCY_MS = 1500;
/** A host that says nothing is given up by the deadline of the call. */
const SILENCE_MS = 60_000;

function abortable<T>({ signal }: AskContext, call: () => Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(new AppError('interrupted'));
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new AppError('interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    call().then(
      (value) => {
        signal.removeEventListener('abort', stop);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', stop);
        reject(error as Error);
      },
    );
  });
}

function answered(
  source: SourceId,
  host: string,
  api: string,
  question: Question,
  sky: Weather,
  at: Instant,
  random: Random,
): Answer {
  const truth = truthOf(question, at);
  const facts = { source, host, api, message: `${sky}.` };
  switch (sky) {
    case 'fine':
      return answerOf(question.dataset, truth);
    case 'partial':
      return answerOf(
        question.dataset,
        truth.filter(() => random() < PARTIAL_SHARE),
      );
    case 'silent':
      throw new AppError('timeout', facts);
    case 'banned':
      throw new AppError('banned', { ...facts, pauseMs: 60_000 });
    case 'rate_limited':
    case 'transport':
    case 'timeout':
    case 'malformed':
    case 'quota_exhausted':
    case 'permission_denied':
      throw new AppError(sky, facts);
  }
}

const PARTIAL_SHARE = 0.6;
