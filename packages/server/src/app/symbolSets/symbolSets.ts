import { AppError, boardOf, exchangeOf, shanghaiDay, type Symbol } from '@tapekeeper/core';
import type { SetChange, SetChanged, SetRule, SymbolSet } from '../../ports/symbolSetStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadMarket, type Market } from '../market.ts';
import { readAuthor } from '../quality/author.ts';
import { readList } from './readList.ts';
import { requireSymbols, type SymbolsRead, type Written } from './readSymbols.ts';

/** A set as a person writes it; nothing in it has been checked. */
export interface SetWish {
  readonly name: string;
  readonly title?: string | undefined;
  readonly symbols?: readonly string[] | undefined;
  readonly rule?: SetRule | undefined;
  readonly author: string;
}

export interface SetChangeWish {
  readonly name: string;
  /** The version that the author has seen; any where left out. */
  readonly version?: number | undefined;
  readonly title?: string | undefined;
  readonly rule?: SetRule | undefined;
  readonly replaceBy?: readonly string[] | undefined;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly author: string;
}

export interface ImportWish {
  readonly name: string;
  /** Text or CSV. */
  readonly text: string;
  readonly mode: 'add' | 'replace';
  readonly version?: number | undefined;
  readonly dryRun?: boolean | undefined;
  readonly author: string;
}

/** A set after a change, and what was decided on the way. */
export interface SetReport {
  readonly set: SymbolSet;
  readonly added: number;
  readonly removed: number;
  readonly notes: readonly string[];
}

export interface ImportReport extends Omit<SetReport, 'set'> {
  /** Null for a dry run of a set that is yet to be made. */
  readonly set: SymbolSet | null;
  readonly symbols: readonly Symbol[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$/;
const MOST_SYMBOLS = 20_000;
const PAGE = 5000;

/** Raises `bad_request` for a name that is none, `bad_symbols` and `set_exists`. */
export async function createSymbolSet(deps: AppDeps, wish: SetWish): Promise<SetReport> {
  const name = readName(wish.name);
  const author = readAuthor(wish.author);
  if (wish.rule !== undefined && wish.symbols !== undefined && wish.symbols.length > 0) {
    throw new AppError('bad_request', { problem: 'a set has either a rule or symbols.' });
  }
  const read = requireFew(
    requireSymbols(await loadMarket(deps, 'stock_basics'), written(wish.symbols ?? [])),
  );
  const set = await deps.store.createSet({
    name,
    title: wish.title ?? null,
    rule: wish.rule ?? null,
    symbols: read.symbols,
    author,
  });
  if (set === undefined) throw new AppError('set_exists', { name });
  return { set, added: set.members, removed: 0, notes: read.notes };
}

/** Raises `unknown_set`, `set_changed`, `set_by_rule` and `bad_symbols`. */
export async function changeSymbolSet(deps: AppDeps, wish: SetChangeWish): Promise<SetReport> {
  const author = readAuthor(wish.author);
  const market = await loadMarket(deps, 'stock_basics');
  const readOf = (texts: readonly string[] | undefined): SymbolsRead | undefined =>
    texts && requireFew(requireSymbols(market, written(texts)));
  const [replaceBy, add] = [readOf(wish.replaceBy), readOf(wish.add)];
  if (replaceBy === undefined && wish.rule === undefined) await refuseRule(deps, wish);
  const changed = await changeOrRaise(deps, {
    name: wish.name,
    version: wish.version ?? null,
    author,
    title: wish.title,
    // a list takes the place of a rule
    rule: replaceBy === undefined ? wish.rule : null,
    replaceBy: replaceBy?.symbols,
    add: add?.symbols,
    remove: wish.remove?.map((text) => spelt(market, text)),
  });
  return { ...changed, notes: [...(replaceBy?.notes ?? []), ...(add?.notes ?? [])] };
}

async function refuseRule(deps: AppDeps, { name, add, remove }: SetChangeWish): Promise<void> {
  if ((add?.length ?? 0) + (remove?.length ?? 0) === 0) return;
  const set = await findSet(deps, name);
  if (set.rule !== null) throw new AppError('set_by_rule', { name });
}

/** What is taken out may have left the stock list long ago. */
function spelt(market: Market, text: string): string {
  const known = text.trim().toUpperCase();
  return /^\d{6}\.(SH|SZ|BJ)$/.test(known)
    ? known
    : (requireSymbols(market, written([text])).symbols[0] ?? known);
}

/** Fills a set, made if need be, from the text of a file: all of it, or nothing. */
export async function importSymbolSet(deps: AppDeps, wish: ImportWish): Promise<ImportReport> {
  const name = readName(wish.name);
  const author = readAuthor(wish.author);
  const texts = readList(wish.text);
  if (texts.length === 0) throw new AppError('bad_request', { problem: 'the file holds no symbols.' });
  const { symbols, notes } = requireFew(requireSymbols(await loadMarket(deps, 'stock_basics'), texts));
  const standing = await deps.store.symbolSet(name);
  if (wish.dryRun === true) return { set: standing ?? null, symbols, notes, added: 0, removed: 0 };
  if (standing === undefined) {
    const set = await deps.store.createSet({ name, title: null, rule: null, symbols, author });
    if (set === undefined) throw new AppError('set_exists', { name });
    return { set, symbols, notes, added: set.members, removed: 0 };
  }
  if (standing.rule !== null && wish.mode === 'add') throw new AppError('set_by_rule', { name });
  const change = wish.mode === 'add' ? { add: symbols } : { replaceBy: symbols, rule: null };
  const changed = await changeOrRaise(deps, { name, version: wish.version ?? null, author, ...change });
  return { ...changed, symbols, notes };
}

/** Raises `unknown_set` and `set_changed`. */
export async function deleteSymbolSet(
  deps: AppDeps,
  wish: { readonly name: string; readonly version?: number | undefined; readonly author: string },
): Promise<SymbolSet> {
  const author = readAuthor(wish.author);
  const deleted = await deps.store.deleteSet(wish.name, wish.version ?? null);
  const { set } = raised(deleted, wish.name, wish.version ?? null);
  deps.log.info({ set: wish.name, members: set.members, author }, 'symbol set deleted');
  return set;
}

/** Raises `unknown_set`. */
export async function findSet(deps: Pick<AppDeps, 'store'>, name: string): Promise<SymbolSet> {
  const set = await deps.store.symbolSet(name);
  if (set === undefined) throw new AppError('unknown_set', { name });
  return set;
}

/** A page of the members of a set, by symbol; those of a rule are found out now. */
export async function setPage(
  deps: Pick<AppDeps, 'store' | 'marketNow'>,
  name: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const { rule } = await findSet(deps, name);
  if (rule === null) return deps.store.setMembers(name, after, limit);
  const members = await membersByRule(deps, rule);
  return members.filter((symbol) => symbol > after).slice(0, limit);
}

/**
 * All symbols of a set, in order; a rule means what is listed on the market's day. Raises `unknown_set`.
 * @example await resolveSet(deps, 'watch') // ['000001.SZ', '600000.SH']
 */
export async function resolveSet(
  deps: Pick<AppDeps, 'store' | 'marketNow'>,
  name: string,
): Promise<readonly Symbol[]> {
  const { rule } = await findSet(deps, name);
  if (rule !== null) return membersByRule(deps, rule);
  const symbols: string[] = [];
  for (;;) {
    const page = await deps.store.setMembers(name, symbols.at(-1) ?? '', PAGE);
    symbols.push(...page);
    if (page.length < PAGE) return symbols as Symbol[];
  }
}

async function membersByRule(
  deps: Pick<AppDeps, 'store' | 'marketNow'>,
  rule: SetRule,
): Promise<readonly Symbol[]> {
  const today = shanghaiDay(deps.marketNow());
  const { listings } = await loadMarket(deps, 'stock_basics');
  return listings
    .filter(
      ({ listDate, delistDate }) =>
        listDate !== null && listDate <= today && !(delistDate !== null && delistDate <= today),
    )
    .map(({ symbol }) => symbol)
    .filter((symbol) => belongs(symbol, rule))
    .toSorted();
}

function belongs(symbol: Symbol, rule: SetRule): boolean {
  switch (rule.kind) {
    case 'all':
      return true;
    case 'board':
      return boardOf(symbol) === rule.board;
    case 'exchange':
      return exchangeOf(symbol) === rule.exchange;
  }
}

async function changeOrRaise(
  deps: AppDeps,
  change: SetChange,
): Promise<Extract<SetChanged, { kind: 'changed' }>> {
  return raised(await deps.store.changeSet(change), change.name, change.version);
}

function raised(
  changed: SetChanged,
  name: string,
  version: number | null,
): Extract<SetChanged, { kind: 'changed' }> {
  if (changed.kind === 'changed') return changed;
  if (changed.kind === 'missing') throw new AppError('unknown_set', { name });
  const { set } = changed;
  throw new AppError('set_changed', { name, found: set.version, by: set.updatedBy, version: version ?? '' });
}

function readName(text: string): string {
  if (NAME.test(text)) return text;
  throw new AppError('bad_request', {
    problem: `"${text.slice(0, 60)}" is no name of a set: letters, digits, "_", "-" and ".", 48 at most.`,
  });
}

function written(texts: readonly string[]): readonly Written[] {
  return texts.map((text) => ({ text, line: null }));
}

function requireFew(read: SymbolsRead): SymbolsRead {
  if (read.symbols.length <= MOST_SYMBOLS) return read;
  throw new AppError('bad_request', { problem: `a set has ${MOST_SYMBOLS} symbols at most.` });
}
