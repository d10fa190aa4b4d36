import { parseSymbol, type Symbol } from '@tapekeeper/core';

const CODE = /^(sh|sz)\.(\d{6})$/;

/**
 * The symbol of a code of BaoStock, which serves no stock of Beijing; undefined for any other text.
 * @example symbolOfCode('sh.600000') // '600000.SH'
 */
export function symbolOfCode(code: string): Symbol | undefined {
  const match = CODE.exec(code);
  return match ? parseSymbol(`${match[2]}.${match[1]}`) : undefined;
}

/** @example codeOfSymbol(symbolOf('600000.SH')) // 'sh.600000' */
export function codeOfSymbol(symbol: Symbol): string {
  return `${symbol.slice(7).toLowerCase()}.${symbol.slice(0, 6)}`;
}
