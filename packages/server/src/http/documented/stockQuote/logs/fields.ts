import { addDays, parseDay, plainDay, shanghaiInstant } from '@tapekeeper/core';
import { z } from 'zod';
import type { LogSpan } from '../../../../ports/logTableStore.ts';
import { text, whole } from '../../fields.ts';

/** What a form sends for a filter that nobody has filled in. */
const unlessEmpty = (value: unknown): unknown => (value === '' ? undefined : value);

/** A filter that may be left out or left empty. */
export function filter() {
  return z.preprocess(unlessEmpty, text(100).optional());
}

/** A day as `2024-01-31`, which may be left out or left empty. */
export function day() {
  return z.preprocess(
    unlessEmpty,
    z
      .string()
      .max(10)
      .refine((value) => parseDay(value) !== undefined, '日期格式错误，请使用 YYYY-MM-DD 格式')
      .optional(),
  );
}

export const pageFields = {
  page: whole(1).default(1),
  page_size: whole(1, 100).default(20),
  start_date: day(),
  end_date: day(),
};

export const daysQuery = z.object({ days: whole(1, 365).optional() });
export const recentQuery = z.object({ limit: whole(1, 50).default(10) });

/** The stretch that two days name, both of them part of it; days are those of Shanghai. */
export function spanOf({
  start_date: first,
  end_date: last,
}: {
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
}): LogSpan {
  return {
    from: first === undefined ? null : shanghaiInstant(plainDay(first), 0),
    until: last === undefined ? null : shanghaiInstant(addDays(plainDay(last), 1), 0),
  };
}
