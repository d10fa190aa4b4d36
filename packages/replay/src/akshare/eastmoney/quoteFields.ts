import { compactDay } from '@tapekeeper/core';
import { lots, percent, rounded } from '../figures.ts';
import { codeOf, eastmoneyMarket } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import type { Quote } from '../quote.ts';

/**
 * Values of Eastmoney's numbered fields. Prices and percents go out with their decimals when `fltt` is
 * 2, and otherwise as whole numbers in units of the last decimal; what is missing is a dash either way.
 */
export type FieldValue = string | number;

/** How a field is written: whole and text ones never change with `fltt`. */
interface Field {
  readonly value: (quote: Quote, market: WebMarket) => FieldValue | undefined;
  /** Decimals of prices and percents; undefined for what is written as it is. */
  readonly decimals?: number;
}

export const PRICE_DECIMALS = 2;
export const MISSING = '-';

const price = (value: Field['value']): Field => ({ value, decimals: PRICE_DECIMALS });
const bare = (value: Field['value']): Field => ({ value });

const last = price(({ bar }) => bar?.close);
const high = price(({ bar }) => bar?.high);
const low = price(({ bar }) => bar?.low);
const open = price(({ bar }) => bar?.open);
const preClose = price((quote) => quote.preClose);
const change = price(({ bar, preClose: base }) => bar && bar.close - base);
const changePercent = price(({ bar, preClose: base }) => bar && percent(bar.close - base, base));
const amplitude = price(({ bar, preClose: base }) => bar && percent(bar.high - bar.low, base));
const turnover = price(({ bar }) => bar?.turnover);
const volumeRatio = price((quote) => quote.volumeRatio);
const volume = bare(({ bar }) => bar && lots(bar.volume));
const amount = bare(({ bar }) => bar && rounded(bar.amount, 2));
const pe = price((quote) => quote.pe);
const pb = price((quote) => quote.pb);
const totalValue = bare((quote) => quote.shares && rounded(quote.shares.total * lastPrice(quote), 2));
const floatValue = bare((quote) => quote.shares && rounded(quote.shares.float * lastPrice(quote), 2));
const code = bare(({ symbol }) => codeOf(symbol));
const name = bare((quote) => quote.name);
const exchange = bare(({ symbol }) => eastmoneyMarket(symbol));
const listDate = bare((quote) => Number(compactDay(quote.listDate)));
const decimals = bare(() => PRICE_DECIMALS);

/** Fields of the list of quotes. */
export const LIST_FIELDS: Readonly<Record<string, Field>> = {
  f1: decimals,
  f2: last,
  f3: changePercent,
  f4: change,
  f5: volume,
  f6: amount,
  f7: amplitude,
  f8: turnover,
  f9: pe,
  f10: volumeRatio,
  f12: code,
  f13: exchange,
  f14: name,
  f15: high,
  f16: low,
  f17: open,
  f18: preClose,
  f20: totalValue,
  f21: floatValue,
  f23: pb,
  f26: listDate,
  f115: pe,
  f124: bare(({ at }) => Math.floor(at / 1000)),
  f152: decimals,
};

/** Fields of the quote of one stock. */
export const STOCK_FIELDS: Readonly<Record<string, Field>> = {
  f43: last,
  f44: high,
  f45: low,
  f46: open,
  f47: volume,
  f48: amount,
  f50: volumeRatio,
  f51: price(({ limits }) => limits?.up),
  f52: price(({ limits }) => limits?.down),
  f57: code,
  f58: name,
  f59: decimals,
  f60: preClose,
  f71: price(({ bar }) => (bar === undefined || bar.volume === 0 ? undefined : bar.amount / bar.volume)),
  f84: bare(({ shares }) => shares?.total),
  f85: bare(({ shares }) => shares?.float),
  f86: bare(({ at }) => Math.floor(at / 1000)),
  f107: exchange,
  f116: totalValue,
  f117: floatValue,
  f127: bare(({ symbol }, market) => stockCell(market, symbol, 'industry')),
  f128: bare(({ symbol }, market) => {
    const area = stockCell(market, symbol, 'area');
    return area === undefined ? undefined : `${area}板块`;
  }),
  f152: decimals,
  f162: pe,
  f163: pe,
  f164: pe,
  f167: pb,
  f168: turnover,
  f169: change,
  f170: changePercent,
  f171: amplitude,
  f189: listDate,
};

/** A field of a quote; a dash for fields that are not known, and for values that are not there. */
export function fieldValue(
  fields: Readonly<Record<string, Field>>,
  id: string,
  quote: Quote,
  market: WebMarket,
  asDecimals: boolean,
): FieldValue {
  const field = Object.hasOwn(fields, id) ? fields[id] : undefined;
  const value = field?.value(quote, market);
  if (field === undefined || value === undefined || Number.isNaN(value)) return MISSING;
  if (field.decimals === undefined || typeof value === 'string') return value;
  const written = rounded(value, field.decimals);
  return asDecimals ? written : Math.round(written * 10 ** field.decimals);
}

/** Fields in the order in which answers have them, whatever order they are asked in. */
export function byNumber(ids: readonly string[]): string[] {
  return ids.filter((id) => /^f\d+$/.test(id)).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

/** What the market values are reckoned from: the last price, or without trade the one before. */
function lastPrice({ bar, preClose: base }: Quote): number {
  return bar?.close ?? base;
}

function stockCell(market: WebMarket, symbol: string, column: string): string | undefined {
  const stock = market.stock(symbol);
  return (stock && market.cell(stock, column)) || undefined;
}
