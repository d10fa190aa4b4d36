import { boardOf, parseSymbol, type Symbol } from '@tapekeeper/core';

/** Symbols as the web endpoints write them. */

export function codeOf(symbol: string): string {
  return symbol.slice(0, 6);
}

/** Sina and Tencent: `sh600519`. */
export function prefixed(symbol: string): string {
  return symbol.slice(7).toLowerCase() + codeOf(symbol);
}

/** Reads `sh600519` in letters of any case. */
export function symbolOfPrefixed(text: string): Symbol | undefined {
  const match = /^(sh|sz|bj)(\d{6})$/i.exec(text);
  return match === null ? undefined : parseSymbol(`${match[2]}.${match[1]}`);
}

/** Eastmoney's number of an exchange; CSI indices have one of their own. */
export function eastmoneyMarket(symbol: string): 0 | 1 | 2 {
  if (isCsi(symbol)) return 2;
  return symbol.endsWith('.SH') ? 1 : 0;
}

/** Symbols that `1.600519` may stand for, most likely first; none for other markets. */
export function symbolsOfSecid(secid: string): readonly Symbol[] {
  const match = /^(\d+)\.(\d{6})$/.exec(secid);
  if (match === null) return [];
  const [, market = '', code = ''] = match;
  const spelled = (...suffixes: string[]): Symbol[] =>
    suffixes.map((suffix) => `${code}.${suffix}` as Symbol);
  if (market === '1') return isCsi(code) ? [] : spelled('SH');
  if (market === '2') return isCsi(code) ? spelled('SH', 'SZ') : [];
  return market === '0' ? spelled(boardOf(`${code}.BJ` as Symbol) === 'bse' ? 'BJ' : 'SZ') : [];
}

/** The symbol of a bare six-digit code of a stock; codes of the exchanges do not overlap. */
export function symbolOfCode(code: string): Symbol | undefined {
  return (['SH', 'SZ', 'BJ'] as const)
    .map((suffix) => `${code}.${suffix}` as Symbol)
    .find((symbol) => parseSymbol(symbol) !== undefined && boardOf(symbol) !== undefined);
}

function isCsi(symbol: string): boolean {
  return symbol.startsWith('93');
}
