import { parseSymbol, type Symbol } from '@tapekeeper/core';

/** Codes of Beijing, whose market number Eastmoney shares with Shenzhen. */
const BEIJING = /^(?:4|8|92)/;

/** @example secidOf(symbolOf('920163.BJ')) // '0.920163' */
export function secidOf(symbol: Symbol): string {
  return `${symbol.endsWith('SH') ? 1 : 0}.${symbol.slice(0, 6)}`;
}

/**
 * The symbol of a code in a market of Eastmoney (1 Shanghai, 0 Shenzhen and Beijing); undefined for any other.
 * @example symbolOfMarket(0, '000001') // '000001.SZ'
 */
export function symbolOfMarket(market: unknown, code: unknown): Symbol | undefined {
  if (typeof code !== 'string') return undefined;
  if (market === 1 || market === '1') return parseSymbol(`${code}.SH`);
  if (market !== 0 && market !== '0') return undefined;
  return parseSymbol(`${code}.${BEIJING.test(code) ? 'BJ' : 'SZ'}`);
}

/**
 * The symbol of a stock's bare code; undefined for what cannot be the code of a stock. Never for indices,
 * whose codes are those of other stocks.
 * @example symbolOfStockCode('600519') // '600519.SH'
 */
export function symbolOfStockCode(code: unknown): Symbol | undefined {
  if (typeof code !== 'string' || !/^\d{6}$/.test(code)) return undefined;
  if (BEIJING.test(code)) return parseSymbol(`${code}.BJ`);
  if (/^[69]/.test(code)) return parseSymbol(`${code}.SH`);
  return /^[023]/.test(code) ? parseSymbol(`${code}.SZ`) : undefined;
}

/**
 * Whether a cell may be the code of something, of a fund or a bond as well: what is no code at all is not to
 * be passed over as one of those.
 * @example isCode('110059') // true
 */
export function isCode(cell: unknown): boolean {
  return typeof cell === 'string' && /^[\dA-Za-z]{1,10}$/.test(cell);
}

/** Spelling of Sina and Tencent. @example prefixedCode(symbolOf('600519.SH')) // 'sh600519' */
export function prefixedCode(symbol: Symbol): string {
  return `${symbol.slice(7).toLowerCase()}${symbol.slice(0, 6)}`;
}

/** @example symbolOfPrefixed('sh600519') // '600519.SH' */
export function symbolOfPrefixed(code: string): Symbol | undefined {
  const match = /^(sh|sz|bj)(\d{6})$/.exec(code);
  return match ? parseSymbol(`${match[2]}.${match[1]}`) : undefined;
}
