import type { Board, ExchangeId, Instant } from '@tapekeeper/core';

/** Who belongs to a set by rule: every listed symbol, or those of one board or exchange. */
export type SetRule =
  | { readonly kind: 'all' }
  | { readonly kind: 'board'; readonly board: Board }
  | { readonly kind: 'exchange'; readonly exchange: ExchangeId };

/** A named list of symbols, kept by people or by a rule. */
export interface SymbolSet {
  readonly id: number;
  readonly name: string;
  readonly title: string | null;
  /** Null where people keep the list. */
  readonly rule: SetRule | null;
  /** Grows with every change. */
  readonly version: number;
  /** Symbols that people have put in; 0 for a rule. */
  readonly members: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

export interface NewSymbolSet {
  readonly name: string;
  readonly title: string | null;
  readonly rule: SetRule | null;
  /** Canonical; empty for a rule. */
  readonly symbols: readonly string[];
  readonly author: string;
}

/** How a set is changed; the version is that which the author has seen, null where any will do. */
export interface SetChange {
  readonly name: string;
  readonly version: number | null;
  readonly author: string;
  /** Undefined leaves it as it is. */
  readonly title?: string | null | undefined;
  readonly rule?: SetRule | null | undefined;
  readonly replaceBy?: readonly string[] | undefined;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** Where the version was another one, the set as it is. */
export type SetChanged =
  | { readonly kind: 'changed'; readonly set: SymbolSet; readonly added: number; readonly removed: number }
  | { readonly kind: 'conflict'; readonly set: SymbolSet }
  | { readonly kind: 'missing' };

/** Named lists of symbols. Each change is one transaction under the lock of its set. */
export interface SymbolSetStore {
  /** By name, after one. */
  symbolSets(after: string, limit: number): Promise<readonly SymbolSet[]>;
  symbolSet(name: string): Promise<SymbolSet | undefined>;
  /** Members that people keep, in order, after one. */
  setMembers(name: string, after: string, limit: number): Promise<readonly string[]>;
  /** Undefined where the name is taken. */
  createSet(set: NewSymbolSet): Promise<SymbolSet | undefined>;
  changeSet(change: SetChange): Promise<SetChanged>;
  deleteSet(name: string, version: number | null): Promise<SetChanged>;
}
