import {
  addDays,
  AppError,
  isAppError,
  quarterCalendar,
  shanghaiDay,
  symbolOf,
  type Capability,
  type DatasetId,
  type PlainDay,
} from '@tapekeeper/core';
import type { AskContext, Probe, Question } from '../../ports/source.ts';
import { capabilityFor } from '../served.ts';
import { routesTo, type AkshareState } from './answers.ts';
import { eitherText } from './text.ts';

const RAW_CHARACTERS = 4000;
const SHOWN_ROWS = 3;
const STOCK = symbolOf('600000.SH');
const INDEX = symbolOf('000001.SH');

/**
 * The first call of the first route to a data set. Where an answer takes more calls there are no rows to be
 * shown, and the first ones of the call are shown as they came.
 */
export async function probeAkshare(
  state: AkshareState,
  capabilities: readonly Capability[],
  dataset: DatasetId,
  context: AskContext,
): Promise<Probe> {
  const today = shanghaiDay(state.client.clock.now());
  const question = await probeQuestion(state, capabilities, dataset, today);
  const { api } = capabilityFor('akshare', capabilities, question);
  const startedAt = state.client.clock.monotonic();
  let first: { readonly body: Buffer; readonly ms: number } | undefined;
  const client = {
    ...state.client,
    onBody: (body: Buffer) =>
      (first ??= { body, ms: Math.round(state.client.clock.monotonic() - startedAt) }),
  };
  const once: AskContext = {
    signal: context.signal,
    async beforeCall(host, name) {
      if (first !== undefined) throw new AppError('interrupted');
      await context.beforeCall(host, name);
    },
  };
  const asking = { context: once, tally: { calls: 0, bytes: 0 } };
  const [route] = routesTo({ ...state, client }, question, asking);
  const rows = await route?.().then(
    (found) => found.rows.slice(0, SHOWN_ROWS),
    (error: unknown) => {
      if (first === undefined || !isAppError(error, 'interrupted')) throw error;
    },
  );
  const text = eitherText(first?.body ?? Buffer.alloc(0));
  return {
    api,
    raw: text.slice(0, RAW_CHARACTERS).toWellFormed(),
    parsed: rows ?? firstRows(text),
    ms: first?.ms ?? 0,
  };
}

/** Two weeks hold a trading day at any time of the year. */
async function probeQuestion(
  { tradingDays }: AkshareState,
  capabilities: readonly Capability[],
  dataset: DatasetId,
  today: PlainDay,
): Promise<Question> {
  const from = addDays(today, -14);
  const shape = capabilities.find((each) => each.dataset === dataset)?.shapes[0] ?? 'all';
  if (shape === 'all') return { shape, dataset, from, to: today };
  if (shape === 'symbol') {
    const symbol = dataset === 'index_bars' ? INDEX : STOCK;
    return {
      shape,
      dataset,
      symbol,
      from: dataset === 'financials' ? addDays(today, -365) : from,
      to: today,
    };
  }
  const quarter = quarterCalendar().previousOpen(from) ?? from;
  const day = (await tradingDays(from, today)).at(-1) ?? today;
  return { shape, dataset, day: dataset === 'dividends' ? quarter : day };
}

/** The first rows of the first table in a text of JSON, the text's beginning where there is none. */
function firstRows(text: string): unknown {
  const from = text.search(/[{[]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  try {
    return findTable(JSON.parse(text.slice(from, to + 1)))?.slice(0, SHOWN_ROWS) ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200).toWellFormed();
  }
}

function findTable(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value) && value.length > 0) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Object.values(value)) {
    const table = findTable(part);
    if (table !== undefined) return table;
  }
  return undefined;
}
