import { CronPattern } from 'croner';
import { AppError } from '@tapekeeper/core';

/** Fields of an expression that can be read, and what they mean together. */
export interface CronFields {
  /** The fields with single spaces between them. */
  readonly text: string;
  /** Whether both day and weekday have to fit; else either is enough. */
  readonly needsBothDays: boolean;
  /** Whether day and weekday both say something. */
  readonly hasBothDays: boolean;
}

/** A hundred times what people write; the library has no bound. */
const LONGEST_EXPRESSION = 256;
/** Digits, names, steps, ranges, lists, L, W and #: no nicknames, and no sign of the library's own. */
const LETTERS = /^[\dA-Za-z*?,/#\s-]+$/;

export const FIELD_MODE = '5-or-6-parts';

/**
 * Reads the fields of a cron expression. As in Vixie cron, day and weekday have to fit both where one of
 * them begins with a star, `*` or a step of it as `*\/2`; else either is enough. Raises `bad_cron` and
 * `cron_too_long`.
 * @example readCronFields('0 0 13 * 5').needsBothDays // false
 */
export function readCronFields(expression: string): CronFields {
  if (expression.length > LONGEST_EXPRESSION) {
    throw new AppError('cron_too_long', { length: expression.length, most: LONGEST_EXPRESSION });
  }
  const fields = expression.trim().split(/\s+/);
  if (!LETTERS.test(expression) || !isRead(fields)) {
    throw new AppError('bad_cron', { expression, part: faultyField(fields) ?? expression });
  }
  const days = [fields.at(-3) ?? '', fields.at(-1) ?? ''];
  return {
    text: fields.join(' '),
    needsBothDays: days.some((field) => /^[*?]/.test(field)),
    hasBothDays: days.every((field) => !/^[*?]$/.test(field)),
  };
}

/** The first field that cannot be read among stars; undefined where the number of fields is wrong. */
function faultyField(fields: readonly string[]): string | undefined {
  if (fields.length !== 5 && fields.length !== 6) return undefined;
  return fields.find(
    (field, place) =>
      !LETTERS.test(field) || !isRead(fields.map((_, other) => (other === place ? field : '*'))),
  );
}

function isRead(fields: readonly string[]): boolean {
  try {
    return new CronPattern(fields.join(' '), undefined, { mode: FIELD_MODE }).pattern !== '';
  } catch {
    return false;
  }
}
