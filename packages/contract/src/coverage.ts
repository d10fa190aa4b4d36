import { z } from 'zod';
import {
  countSchema,
  daySchema,
  datasetSchema,
  instantSchema,
  runIdSchema,
  runStateSchema,
  originSchema,
  sourceSchema,
  symbolSchema,
} from './primitives.ts';

export const cellCountsSchema = z.object({
  expected: countSchema,
  covered: countSchema,
  suspended: countSchema,
  absent: countSchema.describe('every source that was asked lacks it'),
  accepted: countSchema,
  gaps: countSchema,
});

export const coverageQuerySchema = z.strictObject({
  dataset: z.string().max(64).optional().describe('default: all data sets'),
  from: z.string().max(32).optional().describe('default: the first covered day'),
  to: z.string().max(32).optional().describe('default: the last final day'),
});

export const datasetCoverageSchema = z
  .object({
    dataset: datasetSchema,
    title: z.object({ en: z.string(), zh: z.string() }),
    kind: z.enum(['grid', 'calendar', 'snapshot', 'intraday', 'period', 'stream']),
    from: daySchema.nullable(),
    to: daySchema.nullable(),
    lastFinalDay: daySchema.describe('newest day whose rows can be complete'),
    newestCompleteDay: daySchema.nullable().describe('newest final day without a gap'),
    freshAsOf: instantSchema.nullable().describe('of snapshots and calendars'),
    throughDay: daySchema
      .nullable()
      .describe('of calendars: last announced day; of streams: newest day read'),
    cells: cellCountsSchema.nullable().describe('of grids'),
    worst: z.array(z.object({ symbol: symbolSchema, gaps: countSchema, first: daySchema, last: daySchema })),
    symbolsWithGaps: countSchema,
    recent: z
      .array(z.object({ day: daySchema, expected: countSchema, gaps: countSchema }))
      .describe('of grids: the last trading days of the span, oldest first'),
    lastRun: z
      .object({ id: runIdSchema, state: runStateSchema })
      .nullable()
      .describe('newest run of the data set; null where it came beside others only, or not at all'),
    estimatedRows: countSchema,
  })
  .meta({ id: 'DatasetCoverage' });
export const coverageSchema = z.object({ datasets: z.array(datasetCoverageSchema) }).meta({ id: 'Coverage' });
export type Coverage = z.output<typeof coverageSchema>;
export type DatasetCoverage = z.output<typeof datasetCoverageSchema>;

export const CELL_STATUSES = [
  'covered',
  'provisional',
  'suspended',
  'absent',
  'accepted',
  'quarantined',
  'failed',
  'missing',
  'closed',
  'not_listed',
  'delisted',
  'future',
  'assumed',
] as const;

export const cellParamsSchema = z.strictObject({
  dataset: z.string().max(64).describe('a data set of the kind grid'),
  symbol: z.string().max(32).describe('canonical symbol, 600000.SH'),
  day: z.string().max(32).describe('a day, 2024-01-31'),
});

/** Everything that is known of one cell, in one answer with its reason. */
export const cellSchema = z
  .object({
    dataset: datasetSchema,
    symbol: symbolSchema,
    name: z.string(),
    day: daySchema,
    status: z.enum(CELL_STATUSES),
    because: z.object({ en: z.string(), zh: z.string() }).describe('why it is so, as a sentence'),
    source: originSchema.nullable(),
    runId: runIdSchema.nullable(),
    knownAt: instantSchema.nullable(),
    row: z.record(z.string(), z.unknown()).nullable(),
    revisions: z.array(
      z.object({
        was: z.record(z.string(), z.unknown()),
        source: originSchema,
        runId: runIdSchema,
        knownFrom: instantSchema,
        knownUntil: instantSchema,
      }),
    ),
    quarantined: z.array(
      z.object({ rule: z.string(), detail: z.string().nullable(), source: originSchema, at: instantSchema }),
    ),
    flags: z.array(z.object({ rule: z.string(), detail: z.string().nullable() })),
    failures: z.array(
      z.object({
        runId: runIdSchema,
        source: sourceSchema,
        code: z.string(),
        message: z.string().nullable(),
        at: instantSchema,
      }),
    ),
  })
  .meta({ id: 'Cell' });
export type Cell = z.output<typeof cellSchema>;
