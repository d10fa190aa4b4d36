import { parseDay, type PlainDay, plainDay, type Symbol } from '@tapekeeper/core';
import type { DividendFact } from '../../world/facts.ts';
import { adjusted, dayBars, type Span, spanBars, type WebBar } from '../dayBars.ts';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { fixed, lots } from '../figures.ts';
import { jsonText, type Reply, script } from '../reply.ts';
import { symbolOfPrefixed } from '../spellings.ts';
import { countsInShares } from './volumes.ts';

const MOST_ROWS = 640;
const SPANS: readonly string[] = ['day', 'week', 'month'];
const FIRST = plainDay('1990-12-19');
const LAST = plainDay('2050-01-01');

/** What `param` asks for, its parts between commas. */
interface Question {
  /** As it was written, since the answer has it as a key. */
  readonly name: string;
  readonly symbol: Symbol | undefined;
  readonly span: Span;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly rows: number;
  readonly adjustment: '' | 'qfq' | 'hfq';
}

/** Bars of one symbol, at most 640, the newest of the range; a script where `_var` names a variable. */
export function tencentKlineEndpoint(): Endpoint {
  return {
    origin: 'tencent_kline',
    name: 'kline',
    path: /^\/ifzqgtimg\/appstock\/app\/newfqkline\/get$/,
    asked(request) {
      const question = questionOf(request);
      return {
        symbols: [question?.symbol ?? []].flat(),
        day: question?.from === question?.to ? question?.from : undefined,
      };
    },
    answer,
  };
}

function answer(call: WebCall): Reply {
  const { request, market, plan } = call;
  const question = questionOf(request);
  if (question === undefined) return named(request, '{"code":1,"msg":"param error","data":[]}');
  const { name, symbol, span, from, to, adjustment } = question;
  const isIndex = symbol !== undefined && market.index(symbol) !== undefined;
  const rows = symbol === undefined ? [] : rowsOf(call, { ...question, symbol });
  const most = Math.min(question.rows, plan.pageCap ?? MOST_ROWS);
  const shown = rows
    .filter(({ day }) => day >= from && day <= to)
    .slice(-most)
    .map(({ cells }) => cells);
  const key = isIndex ? span : `${adjustment}${span}`;
  const data = {
    [name]: { [key]: shown, qt: {}, mx_price: { mx: [], price: [] }, prec: '2', version: '16' },
  };
  return named(request, JSON.stringify({ code: 0, msg: '', data }));
}

interface Row {
  readonly day: PlainDay;
  readonly cells: readonly (string | object)[];
}

function rowsOf(call: WebCall, question: Question & { readonly symbol: Symbol }): Row[] {
  const { market } = call;
  const { symbol, span, adjustment } = question;
  const raw = dayBars(call, symbol, FIRST, LAST);
  const isIndex = market.index(symbol) !== undefined;
  const way = adjustment === 'qfq' ? 'forward' : 'backward';
  const bars = spanBars(adjustment === '' || isIndex ? raw : adjusted(raw, way), span);
  const unit = countsInShares(market, symbol) ? Math.round : lots;
  const dividends = span === 'day' ? exDays(market.facts.dividends(symbol)) : new Map<PlainDay, object>();
  return bars.map((bar) => rowOf(bar, unit, dividends.get(bar.day) ?? {}));
}

function rowOf(bar: WebBar, unit: (shares: number) => number, dividend: object): Row {
  const cells = [
    bar.day,
    fixed(bar.open, 2),
    fixed(bar.close, 2),
    fixed(bar.high, 2),
    fixed(bar.low, 2),
    String(unit(bar.volume)),
    dividend,
    fixed(bar.turnover ?? 0, 2),
    fixed(bar.amount / 10_000, 2),
    '',
  ];
  return { day: bar.day, cells };
}

/** What rows of ex-days tell of the dividend, for ten shares. */
function exDays(dividends: readonly DividendFact[]): Map<PlainDay, object> {
  return new Map(
    dividends.flatMap(({ period, cash, bonus, transfer, carriedOut }) => {
      if (carriedOut === undefined) return [];
      const given = bonus + transfer;
      const shares = given > 0 ? `送${fixed(given * 10, 2)}股` : '';
      const content = `10${shares}派${fixed(cash * 10, 2)}元`;
      const told = {
        nd: period.slice(0, 4),
        fh_sh: fixed(cash * 10, 2),
        djr: carriedOut.recordDay,
        cqr: carriedOut.exDay,
        FHcontent: content,
      };
      return [[carriedOut.exDay, told] as const];
    }),
  );
}

function named(request: WebRequest, text: string): Reply {
  const variable = param(request, '_var');
  return variable === '' ? jsonText(text) : script(`${variable}=${text}`);
}

function questionOf(request: WebRequest): Question | undefined {
  const [name = '', span = '', from = '', to = '', rows = '', adjustment = ''] = param(
    request,
    'param',
  ).split(',');
  if (name === '' || !SPANS.includes(span) || !['', 'qfq', 'hfq'].includes(adjustment)) return undefined;
  return {
    name,
    symbol: symbolOfPrefixed(name),
    span: span as Span,
    from: parseDay(from) ?? FIRST,
    to: parseDay(to) ?? LAST,
    rows: Math.min(Math.max(1, Math.floor(Number(rows)) || 320), MOST_ROWS),
    adjustment: adjustment as Question['adjustment'],
  };
}
