import { parseDay, type PlainDay, plainDay, SHANGHAI_OFFSET_MS, type Symbol } from '@tapekeeper/core';
import { adjusted, dayBars, spanBars, type WebBar } from '../dayBars.ts';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { fixed, lots, percent } from '../figures.ts';
import { minuteBars } from '../minuteBars.ts';
import { jsonText, type Reply } from '../reply.ts';
import { eastmoneyMarket } from '../spellings.ts';
import { PRICE_DECIMALS } from './quoteFields.ts';
import { knownSecid } from './stockGet.ts';

/** More rows than this are cut off in silence where a number of rows is asked for. */
const MOST_LIMITED_ROWS = 800;
const FIRST = plainDay('1990-12-19');
const LAST = plainDay('2050-01-01');
const SPANS = { '101': 'day', '102': 'week', '103': 'month' } as const;
const MINUTES: readonly string[] = ['1', '5', '15', '30', '60'];

/** A row before it is written: its date or time, and its figures. */
interface Line {
  readonly label: string;
  readonly bar: WebBar;
}

/** Bars of one stock or index: days, weeks, months, or stretches of minutes. */
export function klineEndpoint(): Endpoint {
  return {
    origin: 'push2his',
    name: 'kline',
    path: /^\/api\/qt\/stock\/kline\/get$/,
    asked(request, market) {
      const [from, to] = range(request);
      return { symbols: knownSecid(market, param(request, 'secid')), day: from === to ? from : undefined };
    },
    answer,
  };
}

function answer(call: WebCall): Reply {
  const { request, market, plan } = call;
  if (param(request, 'ut') === '') return envelope(102, 'null');
  const [symbol] = knownSecid(market, param(request, 'secid'));
  const lines = symbol === undefined ? undefined : linesOf(call, symbol);
  if (symbol === undefined || lines === undefined) return envelope(0, 'null');
  const limit = Number(param(request, 'lmt')) || Infinity;
  const most = Math.min(
    limit === Infinity ? limit : Math.min(limit, MOST_LIMITED_ROWS),
    plan.pageCap ?? Infinity,
  );
  const shown = most < lines.length ? lines.slice(-most) : lines;
  const columns = param(request, 'fields2')
    .split(',')
    .filter((id) => Object.hasOwn(COLUMNS, id));
  const data = {
    code: symbol.slice(0, 6),
    market: eastmoneyMarket(symbol),
    name: market.stock(symbol)?.name ?? market.index(symbol)?.name,
    decimal: PRICE_DECIMALS,
    dktotal: dayBars(call, symbol, FIRST, LAST).length,
    preKPrice: Number(fixed(shown[0]?.bar.preClose ?? 0, PRICE_DECIMALS)),
    klines: shown.map((line) => columns.map((id) => COLUMNS[id]!(line)).join(',')),
  };
  return envelope(0, JSON.stringify(data));
}

function envelope(rc: number, data: string): Reply {
  return jsonText(`{"rc":${rc},"rt":17,"svr":177617930,"lt":1,"full":0,"data":${data}}`);
}

/** Undefined for a period that there is not. */
function linesOf(call: WebCall, symbol: Symbol): readonly Line[] | undefined {
  const { request } = call;
  const [from, to] = range(request);
  const klt = param(request, 'klt');
  if (MINUTES.includes(klt)) {
    return minuteBars(call, symbol, Number(klt), from, to).map(({ at, ...bar }) => ({
      label: minuteLabel(at),
      bar,
    }));
  }
  if (!Object.hasOwn(SPANS, klt)) return undefined;
  // Bars before the range count for the first week or month and for adjusted prices.
  const whole = adjustedBy(param(request, 'fqt'), dayBars(call, symbol, FIRST, LAST));
  return spanBars(whole, SPANS[klt as keyof typeof SPANS])
    .filter(({ day }) => day >= from && day <= to)
    .map((bar) => ({ label: bar.day, bar }));
}

function adjustedBy(fqt: string, bars: readonly WebBar[]): readonly WebBar[] {
  if (fqt === '1') return adjusted(bars, 'forward');
  return fqt === '2' ? adjusted(bars, 'backward') : bars;
}

const figure =
  (value: (bar: WebBar) => number) =>
  ({ bar }: Line): string =>
    fixed(value(bar), PRICE_DECIMALS);

const COLUMNS: Readonly<Record<string, (line: Line) => string>> = {
  f51: ({ label }) => label,
  f52: figure(({ open }) => open),
  f53: figure(({ close }) => close),
  f54: figure(({ high }) => high),
  f55: figure(({ low }) => low),
  f56: ({ bar }) => String(lots(bar.volume)),
  f57: figure(({ amount }) => amount),
  f58: figure(({ high, low, preClose }) => percent(high - low, preClose)),
  f59: figure(({ close, preClose }) => percent(close - preClose, preClose)),
  f60: figure(({ close, preClose }) => close - preClose),
  f61: figure(({ turnover }) => turnover ?? 0),
};

/** `beg` and `end`, both included; `0` and `20500000` ask for all there is. */
function range(request: WebRequest): readonly [PlainDay, PlainDay] {
  return [parseDay(param(request, 'beg')) ?? FIRST, parseDay(param(request, 'end')) ?? LAST];
}

/** `2026-04-23 13:30`. */
function minuteLabel(at: number): string {
  return new Date(at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}
