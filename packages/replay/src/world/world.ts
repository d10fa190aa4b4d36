import type { PlainDay, Symbol } from '@tapekeeper/core';
import type { BarTable } from './barTable.ts';
import type { Facts } from './facts.ts';
import type { TradingCalendar } from './tradingCalendar.ts';
import type { Universe } from './universe.ts';

/** A market of some years, seen as each upstream would serve it. */
export interface World {
  /** The folder that it was read from, or how it was generated; only for people to read. */
  readonly folder: string;
  /** First and last day that have a bar. */
  readonly firstDay: PlainDay;
  readonly lastDay: PlainDay;
  /** Every symbol that has bars, ascending. */
  readonly symbols: readonly Symbol[];
  readonly calendar: TradingCalendar;
  readonly tushare: Universe;
  readonly baostock: Universe;
  /** Bars that carry valuation ratios, where there are some. */
  readonly ratios: BarTable | undefined;
  /** What upstreams serve beside lists, bars and factors; the same for the same data. */
  readonly facts: Facts;
  /** Stocks of the Beijing exchange that once had another code; bars carry the new one throughout. */
  readonly recoded: readonly Recoding[];
}

export interface Recoding {
  readonly old: Symbol;
  readonly now: Symbol;
  /** First day of the new code. */
  readonly since: PlainDay;
}
