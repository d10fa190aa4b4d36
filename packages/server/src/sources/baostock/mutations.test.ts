import { isAppError, plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../../../../test/conformance/baostockCaptures.ts';
import { rowFaults } from '../../../../../test/conformance/canonicalRow.ts';
import { packedAnswer, textAnswer } from '../../../../../test/conformance/loopbackBaostock.ts';
import type { Question } from '../../ports/source.ts';
import { seriesQuery, type SeriesId } from './barSeries.ts';
import { REPORT_INTERFACES } from './financials.ts';
import { FrameReader } from './frameReader.ts';
import { readingOf } from './reading.ts';
import { readPage, readReply } from './reply.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const SYMBOL = symbolOf('600000.SH');
const RANGE = { from: plainDay('2024-01-02'), to: plainDay('2024-01-31') };
const tradingDays = () => [plainDay('2024-01-02'), plainDay('2024-01-03')];

const unpack = (bytes: Buffer) => new FrameReader(UPSTREAM).push(bytes)?.body ?? '';
const captured = (api: string) => unpack(readCapture(api).response);

/** A body in the frame of the captured days, whose text cannot be read as unadjusted bars. */
function klineBody(fields: string, record: readonly string[][]): string {
  const parts = captured('query_history_k_data_plus').split('\u0001');
  return parts.with(6, JSON.stringify({ record })).with(8, fields).with(-1, '3').join('\u0001');
}

/** The captured days hold adjusted prices and no valuation, so their rows are written anew in that frame. */
function daysBody(): string {
  const fields =
    'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,peTTM,pbMRQ,psTTM,pcfNcfTTM,isST';
  const record = [
    '2024-01-02,sh.600000,6.6300,6.6500,6.6000,6.6000,6.6200,22066700,146066303.7200,3,0.0752,1,-0.3021,4.87,0.32,1.09,2.5,0',
    '2024-01-03,sh.600000,6.6000,6.6000,6.6000,6.6000,6.6000,,,3,,0,0.0000,4.87,0.32,1.09,,1',
  ].map((line) => line.split(','));
  return klineBody(fields, record);
}

function seriesBody(dataset: SeriesId, line: string): string {
  const fields = seriesQuery(dataset, { shape: 'symbol', dataset, symbol: SYMBOL, ...RANGE }).params[1]!;
  return klineBody(fields, [line.split(',')]);
}

/** The captured list names one stock; here an index stands beside it. */
function listBody(): string {
  const parts = captured('query_stock_basic').split('\u0001');
  const record = [
    ['sh.000001', '上证综合指数', '1991-07-15', '', '2', '1'],
    ['sh.600000', '浦发银行', '1999-11-10', '', '1', '1'],
  ];
  return parts.with(6, JSON.stringify({ record })).join('\u0001');
}

const K_LINES = 'query_history_k_data_plus';
const QUARTER = { from: plainDay('2023-06-30'), to: plainDay('2023-06-30') };

interface Case {
  readonly question: Question;
  readonly body: string;
  readonly api: string;
}

const CASES: readonly Case[] = [
  {
    question: { shape: 'symbol', dataset: 'daily_bars', symbol: SYMBOL, ...RANGE },
    body: daysBody(),
    api: 'query_history_k_data_plus',
  },
  {
    question: { shape: 'symbol', dataset: 'adj_factors', symbol: SYMBOL, ...RANGE },
    body: captured('query_adjust_factor'),
    api: 'query_adjust_factor',
  },
  {
    question: { shape: 'all', dataset: 'trade_calendar', ...RANGE },
    body: captured('query_trade_dates'),
    api: 'query_trade_dates',
  },
  {
    question: { shape: 'all', dataset: 'stock_basics', ...RANGE },
    body: captured('query_stock_basic'),
    api: 'query_stock_basic',
  },
  {
    question: { shape: 'all', dataset: 'index_basics', ...RANGE },
    body: listBody(),
    api: 'query_stock_basic',
  },
  {
    question: { shape: 'symbol', dataset: 'index_bars', symbol: SYMBOL, ...RANGE },
    body: seriesBody(
      'index_bars',
      '2024-01-02,sh.600000,2972.7817,2976.2688,2962.2757,2962.2757,2974.9348,30142207700,346034000000.0000,-0.4255',
    ),
    api: K_LINES,
  },
  {
    question: { shape: 'symbol', dataset: 'minute_bars', symbol: SYMBOL, ...RANGE },
    body: seriesBody(
      'minute_bars',
      '2024-01-02,20240102093500000,sh.600000,6.6300,6.6500,6.6000,6.6100,867800,5752094.0000,3',
    ),
    api: K_LINES,
  },
  {
    question: { shape: 'symbol', dataset: 'weekly_bars', symbol: SYMBOL, ...RANGE },
    body: seriesBody(
      'weekly_bars',
      '2024-01-05,sh.600000,6.6300,6.6900,6.5600,6.6200,99066700,656066303.7200,0.000000,3',
    ),
    api: K_LINES,
  },
  ...REPORT_INTERFACES.map(({ method }): Case => ({
    question: { shape: 'symbol', dataset: 'financials', symbol: SYMBOL, ...QUARTER },
    body: captured(method),
    api: method,
  })),
  {
    question: {
      shape: 'symbol',
      dataset: 'dividends',
      symbol: SYMBOL,
      from: plainDay('2022-12-31'),
      to: plainDay('2023-09-30'),
    },
    body: captured('query_dividend_data'),
    api: 'query_dividend_data',
  },
];

/** The rows that a body comes to, sent in a frame that is right in all else. */
async function rowsOf({ question, api }: Case, body: string) {
  const bytes = api === K_LINES ? packedAnswer(body) : textAnswer('46', body);
  const reading = readingOf(UPSTREAM, question, tradingDays);
  const reply = readReply(UPSTREAM, unpack(bytes), api);
  if (reply.kind === 'refused') return [];
  const part = reading.parts.find(({ query }) => query.method === api) ?? expect.fail(`${api} is not asked`);
  part.take(readPage(UPSTREAM, reply.parts, 1, part.query.columnsPart));
  return (await reading.finish()).batches;
}

const change = fc.record({
  at: fc.nat(),
  cut: fc.nat(4),
  put: fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('"', ',', '\u0001', '\\u0000', '\\ud800', 'e9', '-', '1e999', '２', '[]', 'null'),
  ),
});

describe('an answer of BaoStock whose text was changed', () => {
  it('is what it was, as long as nothing is changed', async () => {
    const counts = await Promise.all(
      CASES.map(async (each) => (await rowsOf(each, each.body)).map(({ rows }) => rows.length)),
    );
    expect(counts).toEqual([[1, 2], [2], [27], ...Array.from({ length: 12 }, () => [1])]);
  });

  it('gives canonical rows or is malformed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CASES),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (each, changes) => {
          const body = changes.reduce((text, { at, cut, put }) => {
            const place = at % text.length;
            return text.slice(0, place) + put + text.slice(place + cut);
          }, each.body);
          const outcome = await rowsOf(each, body).catch((error: unknown) => error);
          if (!Array.isArray(outcome)) {
            expect(isAppError(outcome, 'malformed')).toBe(true);
            return;
          }
          for (const { dataset, columns, rows } of outcome as Awaited<ReturnType<typeof rowsOf>>) {
            expect(rows.flatMap((row) => rowFaults(dataset satisfies DatasetId, columns, row))).toEqual([]);
          }
        },
      ),
      { numRuns: 6000 },
    );
  });
});
