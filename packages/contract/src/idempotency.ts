import { z } from 'zod';

/** Longest key that a sender may give a request. */
export const LONGEST_IDEMPOTENCY_KEY = 128;

/** Headers of a request that makes something; others pass. */
export const idempotencyHeadersSchema = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'a key is 1 to 128 printable characters without spaces')
    .optional()
    .describe('of the sender: the same request with the same key, within a day, makes nothing twice'),
});
