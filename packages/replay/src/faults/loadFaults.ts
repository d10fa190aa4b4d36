import { AppError } from '@tapekeeper/core';
import { ORIGINS } from '../akshare/origins.ts';
import type { Fault, FaultRule, Protocol } from './fault.ts';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;
/** Says what is wrong with a value, or nothing. */
type Check = (value: Json) => string | undefined;
interface Field {
  readonly check: Check;
  readonly optional?: boolean;
}

const text: Check = (value) => (typeof value === 'string' ? undefined : 'must be a text');
const count: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 ? undefined : 'must be a whole number from 1';
const amount: Check = (value) =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value) ? undefined : 'must be a number from 0';
const whole: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number from 0';
const share: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a number from 0 to 1';
const status: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599
    ? undefined
    : 'must be from 200 to 599';
const code: Check = (value) =>
  typeof value === 'string' || Number.isInteger(value) ? undefined : 'must be a whole number or a text';
const oneOf =
  (...known: readonly string[]): Check =>
  (value) =>
    known.includes(value as string) ? undefined : `must be one of ${known.join(', ')}`;
const shaped =
  (shape: RegExp, example: string): Check =>
  (value) =>
    typeof value === 'string' && shape.test(value) ? undefined : `must be written as ${example}`;

const plainDay = shaped(/^\d{4}-\d{2}-\d{2}$/, '2024-01-31');
const positive: Check = (value) =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'must be a number above 0';

const MATCH: Readonly<Record<string, Field>> = {
  protocol: { check: oneOf('tushare', 'baostock', 'akshare') },
  api: { check: text, optional: true },
  origin: { check: oneOf(...ORIGINS), optional: true },
  symbol: { check: shaped(/^\d{6}\.(SH|SZ|BJ)$/, '600000.SH'), optional: true },
  day: { check: plainDay, optional: true },
  nth: { check: count, optional: true },
  every: { check: count, optional: true },
  after: { check: whole, optional: true },
  chance: { check: share, optional: true },
};

const FAULTS: Readonly<Record<Fault['kind'], Readonly<Record<string, Field>>>> = {
  delay: { ms: { check: amount } },
  silence: {},
  half_close: { afterBytes: { check: whole, optional: true } },
  reset: {},
  drip: { bytesPerSecond: { check: count } },
  split: { pieces: { check: count, optional: true } },
  error: { code: { check: code }, message: { check: text } },
  http: { status: { check: status }, body: { check: text } },
  captcha: {},
  notice: {},
  page_cap: { rows: { check: count } },
  ban: { afterCalls: { check: whole } },
  limit: { calls: { check: count }, windowSeconds: { check: positive }, pauseSeconds: { check: positive } },
  quota: { calls: { check: count }, per: { check: oneOf('minute', 'hour', 'day') } },
  empty: {},
  garbage: {},
  wrong_echo: {},
  scale: {
    field: { check: oneOf('price', 'volume') },
    factor: { check: positive },
    board: { check: oneOf('main', 'star', 'chinext', 'bse'), optional: true },
  },
  half_day: { share: { check: share }, day: { check: plainDay, optional: true } },
  changed_history: { day: { check: plainDay }, factor: { check: positive } },
  late_factor: { day: { check: plainDay } },
  moved_pages: { rows: { check: count, optional: true } },
};

/** Faults that not all of the protocols can show. */
const ONLY: Readonly<Partial<Record<Fault['kind'], readonly Protocol[]>>> = {
  http: ['tushare', 'akshare'],
  captcha: ['akshare'],
  notice: ['akshare'],
  quota: ['tushare'],
  wrong_echo: ['baostock'],
};

/**
 * Reads a fault file: a JSON list of rules. Throws `bad_setting` that names the place of the first mistake.
 * @example loadFaults('[{"match":{"protocol":"tushare","nth":2},"fault":{"kind":"reset"}}]')
 */
export function loadFaults(json: string): FaultRule[] {
  let value: Json;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw wrong('the fault file', `is no JSON: ${(cause as Error).message}`);
  }
  if (!Array.isArray(value)) throw wrong('the fault file', 'must be a list of faults');
  return value.map((rule: Json, index) => checkedRule(rule, `faults[${index}]`));
}

/** The same checks for a rule that was made by a program. */
export function checkedRule(value: Json, place = 'the fault'): FaultRule {
  const rule = object(value, place);
  checkFields(
    rule,
    {
      match: { check: () => undefined },
      fault: { check: () => undefined },
      times: { check: count, optional: true },
    },
    place,
  );
  const match = object(rule['match'], `${place}.match`);
  checkFields(match, MATCH, `${place}.match`);
  const picks = ['nth', 'every', 'after'].filter((name) => match[name] !== undefined);
  if (picks.length > 1) throw wrong(`${place}.match`, `cannot have both ${picks.join(' and ')}`);

  const fault = object(rule['fault'], `${place}.fault`);
  const kind = fault['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(FAULTS, kind)) {
    throw wrong(`${place}.fault.kind`, `must be one of ${Object.keys(FAULTS).join(', ')}`);
  }
  checkFields(fault, { kind: { check: text }, ...FAULTS[kind as Fault['kind']] }, `${place}.fault`);
  const only = ONLY[kind as Fault['kind']];
  if (only !== undefined && !only.includes(match['protocol'] as Protocol))
    throw wrong(`${place}.fault.kind`, `${kind} is for ${only.join(' and ')} only`);
  if (match['origin'] !== undefined && match['protocol'] !== 'akshare')
    throw wrong(`${place}.match.origin`, 'is for akshare only');
  return value as FaultRule;
}

function checkFields(value: Fields, fields: Readonly<Record<string, Field>>, place: string): void {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) {
      throw wrong(`${place}.${name}`, `is not known; known are ${Object.keys(fields).join(', ')}`);
    }
  }
  for (const [name, { check, optional }] of Object.entries(fields)) {
    if (value[name] === undefined) {
      if (optional !== true) throw wrong(`${place}.${name}`, 'is missing');
      continue;
    }
    const problem = check(value[name]);
    if (problem !== undefined) throw wrong(`${place}.${name}`, problem);
  }
}

function object(value: Json, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(place, 'must be an object');
  return value as Fields;
}

function wrong(place: string, problem: string): AppError {
  return new AppError('bad_setting', { problem: `${place} ${problem}.` });
}
