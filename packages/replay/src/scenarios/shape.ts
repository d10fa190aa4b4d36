import { AppError, parseDay, parseSymbol } from '@tapekeeper/core';

/** Throws `bad_setting` that names the place of what is wrong. */
export type Check = (value: unknown, place: string) => void;

/** A field that may be left out. */
export interface Optional {
  readonly optional: Check;
}

export function wrong(place: string, problem: string): AppError {
  return new AppError('bad_setting', { problem: `${place} ${problem}.` });
}

export const optional = (check: Check): Optional => ({ optional: check });

/** An object with these fields and no others. */
export function object(fields: Readonly<Record<string, Check | Optional>>): Check {
  return (value, place) => {
    const given = entriesOf(value, place);
    for (const name of Object.keys(given))
      if (!Object.hasOwn(fields, name))
        throw wrong(`${place}.${name}`, `is not known; known are ${Object.keys(fields).join(', ')}`);
    for (const [name, field] of Object.entries(fields)) {
      const isOptional = typeof field === 'object';
      if (given[name] === undefined) {
        if (isOptional) continue;
        throw wrong(`${place}.${name}`, 'is missing');
      }
      (isOptional ? field.optional : field)(given[name], `${place}.${name}`);
    }
  };
}

/** An object whose kind stands in one of its fields. */
export function union(
  tag: string,
  kinds: Readonly<Record<string, Readonly<Record<string, Check | Optional>>>>,
): Check {
  return (value, place) => {
    const kind = entriesOf(value, place)[tag];
    const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (fields === undefined)
      throw wrong(`${place}.${tag}`, `must be one of ${Object.keys(kinds).join(', ')}`);
    object({ [tag]: text, ...fields })(value, place);
  };
}

export function list(check: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) throw wrong(place, 'must be a list');
    value.forEach((item, index) => check(item, `${place}[${index}]`));
  };
}

/** An object with names of any sort, or of one sort. */
export function record(check: Check, name: Check = () => undefined): Check {
  return (value, place) => {
    for (const [key, item] of Object.entries(entriesOf(value, place))) {
      name(key, `${place}: ${key}`);
      check(item, `${place}.${key}`);
    }
  };
}

export function oneOf(known: readonly string[]): Check {
  return must((value) => known.includes(value as string), `must be one of ${known.join(', ')}`);
}

/** What another program of this package checks by throwing. */
export const checkedBy = (check: (value: unknown, place: string) => unknown): Check => {
  return (value, place) => void check(value, place);
};

export const text = must((value) => typeof value === 'string' && value !== '', 'must be a text');
export const flag = must((value) => typeof value === 'boolean', 'must be true or false');
export const whole = must(
  (value) => Number.isInteger(value) && (value as number) >= 0,
  'must be a whole number from 0',
);
export const day = must(
  (value) => typeof value === 'string' && value.length === 10 && parseDay(value) !== undefined,
  'must be written as 2024-01-31',
);
export const symbol = must(
  (value) => typeof value === 'string' && parseSymbol(value) !== undefined,
  'must be written as 600000.SH',
);
export const moment = must(
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d$/.test(value) &&
    parseDay(value.slice(0, 10)) !== undefined,
  'must be written as 2024-01-31 20:00',
);
export const cell = must(
  (value) => value === null || typeof value === 'string' || typeof value === 'number',
  'must be a text, a number or null',
);

function must(isRight: (value: unknown) => boolean, problem: string): Check {
  return (value, place) => {
    if (!isRight(value)) throw wrong(place, problem);
  };
}

function entriesOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(place, 'must be an object');
  return value as Readonly<Record<string, unknown>>;
}
