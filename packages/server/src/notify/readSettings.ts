import { AppError } from '@tapekeeper/core';
import type { z } from 'zod';

/** The settings of a channel in the form of its kind. Throws `channel_invalid`. */
export function readSettings<T>(schema: z.ZodType<T>, settings: unknown): T {
  const read = schema.safeParse(settings);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError('channel_invalid', {
    problem: `${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'not readable'}.`,
  });
}
