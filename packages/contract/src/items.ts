import { ITEM_MACHINE, type ItemState } from '@tapekeeper/core';
import { z } from 'zod';
import {
  countSchema,
  daySchema,
  instantSchema,
  outcomeCountsSchema,
  outcomeSchema,
  originSchema,
} from './primitives.ts';

export const itemStateSchema = z.enum(Object.keys(ITEM_MACHINE.next) as [ItemState, ...ItemState[]]);

export const runItemsQuerySchema = z.strictObject({
  state: z.string().max(200).optional().describe('states to list, separated by commas'),
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('cursor: only items with a greater number'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** The questions of a run to its sources: what is retried, and what a crash repeats. */
export const runItemsSchema = z
  .object({
    items: z.array(
      z.object({
        no: countSchema,
        shard: countSchema,
        source: originSchema,
        shape: z.enum(['day', 'symbol', 'all']),
        from: daySchema,
        to: daySchema,
        symbol: z.string().nullable().describe('null for items of whole markets'),
        symbols: countSchema.nullable().describe('that it is asked for; null where only the answer tells'),
        state: itemStateSchema,
        attempts: countSchema,
        outcome: outcomeSchema.nullable().describe('of its symbols, but for the exceptions'),
        counts: outcomeCountsSchema.nullable(),
        errorCode: z.string().nullable(),
        rowsWritten: countSchema,
        finishedAt: instantSchema.nullable(),
      }),
    ),
    next: z.int().nullable().describe('cursor of the next page'),
  })
  .meta({ id: 'RunItems' });
export type RunItems = z.output<typeof runItemsSchema>;
