import { ADJUSTS, INTERVALS, type Adjust } from '@tapekeeper/core';
import { z } from 'zod';
import { datasetSchema } from './primitives.ts';

export const DATA_FORMATS = ['json', 'ndjson', 'csv', 'parquet'] as const;

/** Rows of a page when none are asked for, and at most. */
export const PAGE_ROWS = { usual: 1000, most: 10_000 } as const;

const listSchema = z
  .string()
  .max(20_000)
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );

export const dataParamsSchema = z.strictObject({
  dataset: z.string().max(64).describe('name of a data set'),
});

export const dataQuerySchema = z.strictObject({
  symbols: listSchema.optional().describe('canonical symbols with commas; default: all'),
  from: z.string().max(32).optional().describe('first day, 2024-01-31; default: all there is'),
  to: z.string().max(32).optional().describe('last day'),
  adjust: z
    .enum(ADJUSTS as readonly [Adjust, ...Adjust[]])
    .default('none')
    .describe('prices of bars: qfq to the last day asked for, hfq from the first day of trade'),
  asOf: z
    .string()
    .max(40)
    .optional()
    .describe('what was believed then: an instant with its zone, or a day for its end in Shanghai'),
  columns: listSchema.optional().describe('columns with commas, in this order; default: all'),
  interval: z.coerce
    .number()
    .int()
    .optional()
    .describe(`minutes of minute_bars: ${INTERVALS.join(', ')}; default: ${INTERVALS[0]}`),
  format: z.enum(DATA_FORMATS).default('json').describe('json comes in pages; the others come whole'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(`most rows; of json ${PAGE_ROWS.usual} by default, and ${PAGE_ROWS.most} at most`),
  cursor: z.string().max(1000).optional().describe('of json: where the page begins, as the last one said'),
});

/** One page of a table. */
export const dataPageSchema = z
  .object({
    dataset: datasetSchema,
    rows: z.array(z.record(z.string(), z.unknown())).describe('cells by column; null is not known'),
    next: z.string().nullable().describe('cursor of the next page; null behind the last row'),
  })
  .meta({ id: 'DataPage' });
export type DataPage = z.output<typeof dataPageSchema>;
