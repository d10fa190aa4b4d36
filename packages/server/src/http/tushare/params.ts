import { parseDay, type PlainDay } from '@tapekeeper/core';
import type { RowFilter } from '../../ports/dataReader.ts';
import { REFUSALS, RefusedCall } from './refusals.ts';

/** Parameters of a call as texts. All readers throw RefusedCall for what they cannot read. */
export type Params = Readonly<Record<string, string>>;

/** Which stretch of the rows. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The page asked for, no longer than the interface's cap. */
export function pageOf(params: Params, cap: number): Page {
  const limit = countParam(params, 'limit');
  return { offset: countParam(params, 'offset'), limit: limit > 0 ? Math.min(limit, cap) : cap };
}

/** A parameter that is a list with commas; undefined where it is empty or absent. */
export function listParam(params: Params, name: string): readonly string[] | undefined {
  const given = textParam(params, name)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return given.length > 0 ? given : undefined;
}

export function textParam(params: Params, name: string): string {
  const text = (params[name] ?? '').trim();
  // what the database cannot hold cannot be in it, and would end in an error of its own
  if (text.includes('\0') || !text.isWellFormed()) throw new RefusedCall(REFUSALS.badParameter(name));
  return text;
}

export function dayParam(params: Params, name: string): PlainDay | undefined {
  const text = textParam(params, name);
  if (text === '') return undefined;
  const day = parseDay(text);
  if (day === undefined) throw new RefusedCall(REFUSALS.badParameter(name));
  return day;
}

export function requireParam(params: Params, name: string): void {
  requireOneOf(params, [name]);
}

export function requireOneOf(params: Params, names: readonly string[]): void {
  if (names.every((name) => textParam(params, name) === ''))
    throw new RefusedCall(REFUSALS.missingParameter(names.join()));
}

function countParam(params: Params, name: string): number {
  const text = textParam(params, name);
  const count = Number(text);
  if (!/^\d*$/.test(text) || !Number.isSafeInteger(count)) throw new RefusedCall(REFUSALS.badParameter(name));
  return count;
}

/** Rows whose column is one of the listed texts, where the parameter lists any. */
export function anyOf(params: Params, name: string, column: string = name): RowFilter[] {
  const given = listParam(params, name);
  return given === undefined ? [] : [{ column, anyOf: given }];
}

/** Rows of one day. */
export function onDay(params: Params, name: string, column: string = name): RowFilter[] {
  const day = dayParam(params, name);
  return day === undefined ? [] : [{ column, anyOf: [day] }];
}

/** Rows from `start_date` to `end_date`. */
export function withinDays(params: Params, column: string): RowFilter[] {
  const from = dayParam(params, 'start_date');
  const to = dayParam(params, 'end_date');
  if (from === undefined && to === undefined) return [];
  return [{ column, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** What every interface of symbols and days takes. */
export function symbolsAndDays(params: Params, column = 'trade_date'): RowFilter[] {
  return [
    ...anyOf(params, 'ts_code', 'symbol'),
    ...onDay(params, 'trade_date', column),
    ...withinDays(params, column),
  ];
}
