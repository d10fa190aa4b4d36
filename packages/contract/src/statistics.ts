import { z } from 'zod';
import {
  countSchema,
  datasetSchema,
  daySchema,
  instantSchema,
  runIdSchema,
  runStateSchema,
} from './primitives.ts';

export const tableStatisticsSchema = z.object({
  dataset: datasetSchema,
  takenOn: daySchema.describe('day in Shanghai on which it was counted'),
  takenAt: instantSchema,
  runId: runIdSchema.describe('the run that counted'),
  rows: countSchema,
  rowsExact: z.boolean().describe('false where so many rows are estimated'),
  bytes: countSchema.describe('with indices'),
  symbols: countSchema.nullable(),
  firstDay: daySchema.nullable(),
  lastDay: daySchema.nullable(),
  coverage: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('part of the expected cells that is no gap; null for lists and streams'),
  expectedCells: countSchema.nullable(),
  gapCells: countSchema.nullable(),
  freshAsOf: instantSchema.nullable().describe('of lists and streams: as old as their oldest part'),
  lastRun: z.object({ id: runIdSchema, state: runStateSchema }).nullable(),
});

export const statisticsSchema = z
  .object({ tables: z.array(tableStatisticsSchema).describe('the newest figures of each data set') })
  .meta({ id: 'Statistics' });
export type Statistics = z.output<typeof statisticsSchema>;

export const retentionSchema = z
  .object({
    days: z
      .object({ runs: countSchema, details: countSchema, events: countSchema, quarantine: countSchema })
      .describe('days that things are kept'),
    due: z
      .object({
        runs: countSchema,
        detailBytes: countSchema.describe('of whole partitions of details'),
        events: countSchema,
        quarantined: countSchema,
      })
      .describe('what the next run of the type `retention` would remove; nothing is removed now'),
    countedTo: countSchema.describe('counts end here'),
  })
  .meta({ id: 'Retention' });
export type Retention = z.output<typeof retentionSchema>;
