import { FAILURE_KINDS } from '@tapekeeper/core';
import { z } from 'zod';
import {
  countSchema,
  datasetSchema,
  daySchema,
  instantSchema,
  runIdSchema,
  sourceSchema,
} from './primitives.ts';
import { windowQuerySchema } from './runStatistics.ts';

export const errorQuerySchema = windowQuerySchema.extend({
  kind: z.enum(FAILURE_KINDS).optional().describe('failures of runs as a whole, or of items'),
  code: z.string().max(64).optional().describe('code of the error'),
  source: sourceSchema.optional(),
  dataset: datasetSchema.optional(),
  after: z.string().max(80).optional().describe('cursor: what `next` of the page before says'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const errorStatisticsSchema = z
  .object({
    days: z
      .object({ from: daySchema, to: daySchema })
      .describe('whole days in Shanghai that the window touches'),
    groups: z
      .array(
        z.object({
          id: z.int().positive(),
          kind: z.enum(FAILURE_KINDS),
          code: z.string(),
          source: z.string().nullable().describe('null for failures of runs as a whole'),
          pattern: z
            .string()
            .describe(
              'what the messages have in common, with <n>, <day> and so on for what changes; empty for items',
            ),
          message: z.string().nullable().describe('the newest message, with secrets masked'),
          datasets: z.array(z.string()),
          count: countSchema.describe('failures in the days'),
          total: countSchema.describe('failures of all time'),
          firstAt: instantSchema,
          lastAt: instantSchema,
          firstRun: runIdSchema,
          lastRun: runIdSchema.describe('a run to look at; it may have been removed since'),
          trend: z.array(z.object({ day: daySchema, count: countSchema })),
        }),
      )
      .describe('most failures first'),
    next: z.string().nullable().describe('cursor of the next page'),
  })
  .meta({ id: 'ErrorStatistics' });
export type ErrorStatistics = z.output<typeof errorStatisticsSchema>;
