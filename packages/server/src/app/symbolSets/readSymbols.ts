import { AppError, readSpelling, type SpellingFault, type Symbol } from '@tapekeeper/core';
import type { Market } from '../market.ts';

/** A text that is to be a symbol, and the line that it stands on. */
export interface Written {
  readonly text: string;
  /** Null where it did not come out of a file. */
  readonly line: number | null;
}

export interface SymbolFault extends Written {
  /** What is wrong and what to do. */
  readonly problem: string;
}

export interface SymbolsRead {
  /** Canonical, each once, in order. */
  readonly symbols: readonly Symbol[];
  /** What was decided for the reader: which of two instruments a bare code means. */
  readonly notes: readonly string[];
  readonly faults: readonly SymbolFault[];
}

const LISTED_FAULTS = 5;

/**
 * Symbols in any spelling, former codes among them. Stocks have to be on the stock list, as soon as there
 * is one; indices go by their code alone.
 */
export function readSymbols(market: Market, texts: readonly Written[]): SymbolsRead {
  const hasList = market.listings.length > 0;
  const symbols = new Set<Symbol>();
  const notes = new Set<string>();
  const faults: SymbolFault[] = [];
  for (const written of texts) {
    const read = readSpelling(written.text, (one) => market.bySymbol.has(one) || market.aliases.has(one));
    if ('fault' in read) {
      const candidates = read.candidates.map(({ symbol }) => symbol).join(' or ');
      faults.push({ ...written, problem: PROBLEMS[read.fault](candidates) });
      continue;
    }
    const symbol = (market.aliases.get(read.symbol) ?? read.symbol) as Symbol;
    if (read.kind === 'stock' && hasList && !market.bySymbol.has(symbol)) {
      faults.push({ ...written, problem: `${symbol} is not on the stock list` });
    } else {
      symbols.add(symbol);
      if (read.passedOver !== null) {
        notes.add(`"${written.text}" was read as the stock ${read.symbol}; the index is ${read.passedOver}`);
      }
    }
  }
  return { symbols: [...symbols].toSorted(), notes: [...notes], faults };
}

const PROBLEMS: Readonly<Record<SpellingFault, (candidates: string) => string>> = {
  no_symbol: () => 'is no symbol',
  lost_zeros: () => 'has lost its leading zeros; write all six digits',
  b_share: () => 'is a B share, which is not collected',
  no_board: () => 'is no code of a stock or an index there',
  ambiguous: (candidates) => `may be ${candidates}; write which`,
};

/** The same, all or nothing. Raises `bad_symbols` with the first of what is wrong. */
export function requireSymbols(market: Market, texts: readonly Written[]): SymbolsRead {
  const read = readSymbols(market, texts);
  if (read.faults.length === 0) return read;
  const listed = read.faults.slice(0, LISTED_FAULTS).map(({ text, line, problem }) => {
    const place = line === null ? '' : `line ${line}: `;
    return `${place}"${text.slice(0, 40)}" ${problem}`;
  });
  if (read.faults.length > LISTED_FAULTS) listed.push('…');
  throw new AppError('bad_symbols', { count: read.faults.length, faults: listed.join('; ') });
}

/** Listed stocks in any spelling. Raises `bad_symbols`. */
export function readListed(market: Market, texts: readonly string[]): readonly Symbol[] {
  return requireSymbols(
    market,
    texts.map((text) => ({ text, line: null })),
  ).symbols;
}
