import { parseDay, plainDay, type PlainDay } from '@tapekeeper/core';
import { RefusedCall, TUSHARE_REFUSALS } from './refusals.ts';

/** Parameters of a call as texts; numbers are accepted on the wire too. */
export type Params = Readonly<Record<string, string>>;

/** Which rows of a dated table a call asks for. */
export interface Question {
  /** Undefined for the whole market. */
  readonly symbols: readonly string[] | undefined;
  /** Both ends included. */
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/** Which stretch of the rows, newest first. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const FIRST = plainDay('0001-01-01');
const LAST = plainDay('9999-12-31');

export function questionOf(params: Params): Question {
  const day = dayParam(params, 'trade_date');
  return {
    symbols: listParam(params, 'ts_code'),
    from: day ?? dayParam(params, 'start_date') ?? FIRST,
    to: day ?? dayParam(params, 'end_date') ?? LAST,
  };
}

/** The page asked for, no longer than the interface's cap. */
export function pageOf(params: Params, cap: number): Page {
  const limit = countParam(params, 'limit');
  return { offset: countParam(params, 'offset'), limit: limit > 0 ? Math.min(limit, cap) : cap };
}

/** A parameter that is a comma list; undefined when it is empty or absent. */
export function listParam(params: Params, name: string): string[] | undefined {
  const items = (params[name] ?? '').split(',').map((item) => item.trim());
  const given = items.filter((item) => item !== '');
  return given.length > 0 ? given : undefined;
}

export function dayParam(params: Params, name: string): PlainDay | undefined {
  const text = params[name] ?? '';
  if (text === '') return undefined;
  const day = parseDay(text);
  if (day === undefined) throw new RefusedCall(TUSHARE_REFUSALS.badParameter(name));
  return day;
}

/** Throws RefusedCall for one that is absent. */
export function requiredParam(params: Params, name: string): string {
  const text = (params[name] ?? '').trim();
  if (text === '') throw new RefusedCall(TUSHARE_REFUSALS.missingParameter(name));
  return text;
}

/** Throws RefusedCall where none of them is given. */
export function oneOfParams(params: Params, names: readonly string[]): void {
  if (names.every((name) => (params[name] ?? '').trim() === ''))
    throw new RefusedCall(TUSHARE_REFUSALS.missingParameter(names.join()));
}

function countParam(params: Params, name: string): number {
  const text = params[name] ?? '';
  if (!/^\d*$/.test(text)) throw new RefusedCall(TUSHARE_REFUSALS.badParameter(name));
  return Number(text);
}
