import { boardOf, type Symbol } from './symbol.ts';

/** What a code may stand for. */
export type InstrumentKind = 'stock' | 'index';

export interface SpellingCandidate {
  readonly symbol: Symbol;
  readonly kind: InstrumentKind;
}

/**
 * Why a text is no symbol.
 * `no_symbol` nothing of the sort; `lost_zeros` a number of fewer than six digits, as spreadsheets leave
 * it; `b_share` a share in foreign currency; `no_board` no stock or index has such a code on that
 * exchange; `ambiguous` several instruments have it, and none is known.
 */
export type SpellingFault = 'no_symbol' | 'lost_zeros' | 'b_share' | 'no_board' | 'ambiguous';

export type Spelling =
  | {
      readonly symbol: Symbol;
      readonly kind: InstrumentKind;
      /** The index that the text could have meant as well. */
      readonly passedOver: Symbol | null;
    }
  | { readonly fault: SpellingFault; readonly candidates: readonly SpellingCandidate[] };

type Suffix = 'SH' | 'SZ' | 'BJ';

const CODE = String.raw`(\d{6})`;
/** `600000.SH`, `600000.XSHG`, `600000.SS` */
const CODE_FIRST = new RegExp(String.raw`^${CODE}\.(SH|SZ|BJ|SS|XSHG|XSHE|XBSE)$`);
/** `sh600000`, `SH600000`, `sh.600000` */
const EXCHANGE_FIRST = new RegExp(String.raw`^(SH|SZ|BJ)\.?${CODE}$`);
/** `1.600000`: 1 is Shanghai, 0 is both others. */
const MARKET_FIRST = new RegExp(String.raw`^([01])\.${CODE}$`);
const BARE = new RegExp(`^${CODE}$`);
const SHORT_NUMBER = /^\d{1,5}$/;

const SUFFIXES: Readonly<Record<string, Suffix>> = { SS: 'SH', XSHG: 'SH', XSHE: 'SZ', XBSE: 'BJ' };

const B_SHARE: Readonly<Record<Suffix, RegExp | undefined>> = { SH: /^900/, SZ: /^200/, BJ: undefined };
const INDEX: Readonly<Record<Suffix, RegExp>> = { SH: /^000/, SZ: /^399/, BJ: /^899/ };

/**
 * Reads a symbol in any of the spellings that sources and programs use: `600000.SH`, `sh600000`,
 * `SH600000`, `sh.600000`, `600000`, `1.600000`. A bare code goes by the ranges of codes; where a stock
 * and an index share it, the one that is known is meant, and the stock where both are. Where the stock
 * has won, `passedOver` names the index, so that people can be told.
 * @example readSpelling('sh.600000') // { symbol: '600000.SH', kind: 'stock', passedOver: null }
 */
export function readSpelling(text: string, isKnown: (symbol: Symbol) => boolean = () => false): Spelling {
  const written = text.normalize('NFKC').trim().toUpperCase();
  const wanted = exchangesOf(written);
  if (wanted === undefined)
    return { fault: SHORT_NUMBER.test(written) ? 'lost_zeros' : 'no_symbol', candidates: [] };
  const { code, suffixes } = wanted;
  const candidates = suffixes.flatMap((suffix) => candidateOf(code, suffix));
  if (candidates.length === 0) {
    const isForeign = suffixes.some((suffix) => B_SHARE[suffix]?.test(code) === true);
    return { fault: isForeign ? 'b_share' : 'no_board', candidates };
  }
  const known = candidates.length === 1 ? candidates : candidates.filter(({ symbol }) => isKnown(symbol));
  const meant = known.find(({ kind }) => kind === 'stock') ?? known[0];
  if (meant === undefined) return { fault: 'ambiguous', candidates };
  const index = candidates.find(({ kind }) => kind === 'index');
  return { ...meant, passedOver: meant.kind === 'stock' ? (index?.symbol ?? null) : null };
}

/** The code of a text, and the exchanges that it may be of. */
function exchangesOf(
  written: string,
): { readonly code: string; readonly suffixes: readonly Suffix[] } | undefined {
  const of = (code: string | undefined, ...suffixes: Suffix[]) => ({ code: code ?? '', suffixes });
  const codeFirst = CODE_FIRST.exec(written);
  if (codeFirst) {
    const suffix = codeFirst[2] ?? '';
    return of(codeFirst[1], SUFFIXES[suffix] ?? (suffix as Suffix));
  }
  const exchangeFirst = EXCHANGE_FIRST.exec(written);
  if (exchangeFirst) return of(exchangeFirst[2], exchangeFirst[1] as Suffix);
  const marketFirst = MARKET_FIRST.exec(written);
  if (marketFirst) return marketFirst[1] === '1' ? of(marketFirst[2], 'SH') : of(marketFirst[2], 'SZ', 'BJ');
  const bare = BARE.exec(written);
  return bare ? of(bare[1], 'SH', 'SZ', 'BJ') : undefined;
}

function candidateOf(code: string, suffix: Suffix): readonly SpellingCandidate[] {
  const symbol = `${code}.${suffix}` as Symbol;
  // Beijing's index codes lie within the old range of its stocks
  if (INDEX[suffix].test(code)) return [{ symbol, kind: 'index' }];
  return boardOf(symbol) === undefined ? [] : [{ symbol, kind: 'stock' }];
}
