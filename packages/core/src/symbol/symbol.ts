/** Canonical symbols `600000.SH`, their exchanges and boards (sources: exchange code ranges). */

/** Canonical instrument id: six digits, a dot, and `SH`, `SZ` or `BJ`. */
export type Symbol = string & { readonly __brand: 'Symbol' };

export type ExchangeId = 'XSHG' | 'XSHE' | 'XBSE';
export type Board = 'main' | 'star' | 'chinext' | 'bse';

export const EXCHANGES: readonly ExchangeId[] = ['XSHG', 'XSHE', 'XBSE'];

const SHAPE = /^\d{6}\.(SH|SZ|BJ)$/;
const EXCHANGE_OF_SUFFIX = { SH: 'XSHG', SZ: 'XSHE', BJ: 'XBSE' } as const;

/**
 * Reads a canonical symbol (letters in any case); anything else gives undefined.
 * @example parseSymbol('600000.sh') // '600000.SH'
 */
export function parseSymbol(text: string): Symbol | undefined {
  const upper = text.trim().toUpperCase();
  return SHAPE.test(upper) ? (upper as Symbol) : undefined;
}

/** The symbol of a literal that is known to be right; throws otherwise. */
export function symbolOf(text: string): Symbol {
  const symbol = parseSymbol(text);
  if (symbol === undefined) throw new RangeError(`not a symbol: ${text}`);
  return symbol;
}

/** @example exchangeOf(symbolOf('600000.SH')) // 'XSHG' */
export function exchangeOf(symbol: Symbol): ExchangeId {
  return EXCHANGE_OF_SUFFIX[symbol.slice(7) as keyof typeof EXCHANGE_OF_SUFFIX];
}

/** The board by code range; undefined for what is no A share (B shares, funds, indices). */
export function boardOf(symbol: Symbol): Board | undefined {
  const code = symbol.slice(0, 6);
  switch (exchangeOf(symbol)) {
    case 'XSHG':
      if (/^60[0135]/.test(code)) return 'main';
      return /^68[89]/.test(code) ? 'star' : undefined;
    case 'XSHE':
      if (/^00[0-4]/.test(code)) return 'main';
      return /^30[0-3]/.test(code) ? 'chinext' : undefined;
    case 'XBSE':
      // 899 is the range of its indices
      return /^(920|4|8[0-8])/.test(code) ? 'bse' : undefined;
  }
}
