import { parseDay, plainDay, symbolOf, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { DataFault } from '../faults/fault.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** Rows of an answer: how many there are, and some of them written as JSON arrays of texts. */
export interface Rows {
  readonly total: number;
  write(from: number, to: number): readonly string[];
}

/** One interface of the BaoStock protocol over a world. */
export interface BaostockQuestion {
  readonly method: string;
  readonly requestType: string;
  readonly replyType: string;
  /** Names of the parameters, in their order on the wire; they come back in the answer. */
  readonly params: readonly string[];
  /** Column names at the end of the answer; absent where the parameters name them already. */
  readonly fields?: string;
  /** Whether the answer is a zlib stream. */
  readonly packed: boolean;
  /** Throws RefusedQuestion for parameters that it cannot read. */
  answer(params: readonly string[], faults: readonly DataFault[]): Rows;
}

const DEFAULT_START = plainDay('2015-01-01');

/** Rows of a list that is held whole. */
export function listed<T>(items: readonly T[], write: (item: T) => readonly string[]): Rows {
  return {
    total: items.length,
    write: (from, to) => items.slice(from, to).map((item) => JSON.stringify(write(item))),
  };
}

/** `600000.SH` of `sh.600000`. */
export function symbolOfCode(code: string): Symbol {
  const match = /^(sh|sz)\.(\d{6})$/i.exec(code);
  if (match === null) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badCode);
  return symbolOf(`${match[2]}.${match[1]}`);
}

/** `sh.600000` of `600000.SH`. */
export function codeOfSymbol(symbol: string): string {
  return `${symbol.slice(7).toLowerCase()}.${symbol.slice(0, 6)}`;
}

/** The range of days asked for; an empty end is the last day that there is. */
export function rangeOf(start: string, end: string, lastDay: PlainDay): [PlainDay, PlainDay] {
  const from = start === '' ? DEFAULT_START : dashedDay(start);
  if (from === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badStart);
  const to = end === '' ? lastDay : dashedDay(end);
  if (to === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badEnd);
  if (from > to) throw new RefusedQuestion(BAOSTOCK_REFUSALS.dayOrder);
  return [from, to];
}

/** A day in the only form that the protocol knows, `2024-01-31`. */
export function dashedDay(text: string): PlainDay | undefined {
  return text.includes('-') ? parseDay(text) : undefined;
}

/** A year of four digits. */
export function readYear(text: string): string {
  if (/^(?:19|20)\d\d$/.test(text)) return text;
  throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
}
