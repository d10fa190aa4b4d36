import { GRAINS } from '@tapekeeper/core';
import { z } from 'zod';
import { countSchema, datasetSchema, instantSchema, sourceSchema } from './primitives.ts';

export const WINDOW_LENGTHS = ['24h', '7d', '30d', '90d', '365d'] as const;

/** Ends of a window are plain texts here: the use case reads days and instants, and says what is wrong with others. */
const windowQuery = {
  last: z.enum(WINDOW_LENGTHS).optional().describe('length of the window up to now; default: 24h'),
  from: z.string().max(40).optional().describe('instead of last: first day, or an instant'),
  to: z.string().max(40).optional().describe('last day, or an instant; default: now'),
};
const everyQuery = z.enum(GRAINS).optional().describe('stretches of the trend; default: by the length');

export const statisticsQuerySchema = z.strictObject({ ...windowQuery, every: everyQuery });
export const windowQuerySchema = z.strictObject(windowQuery);

export const windowSchema = z.object({
  from: instantSchema,
  to: instantSchema.describe('end of the last stretch; it may lie ahead'),
  every: z.enum(GRAINS).describe('stretches of the trend; days and months are those of Shanghai'),
});

const ms = z.number().nonnegative();
const durationSchema = z
  .object({
    runs: countSchema,
    meanMs: ms.nullable(),
    p50Ms: ms.nullable(),
    p95Ms: ms.nullable(),
    p99Ms: ms.nullable(),
  })
  .describe('mean is exact, quantiles are off by 5 % at most; null without runs');

const statesSchema = z.object({
  success: countSchema,
  successWithErrors: countSchema,
  failed: countSchema,
  cancelled: countSchema,
  skipped: countSchema,
  missed: countSchema,
});

export const figuresSchema = z
  .object({
    runs: countSchema.describe('runs that ended in the window'),
    runsPerDay: z.number().nonnegative(),
    states: statesSchema,
    causes: z.object({
      fire: countSchema,
      person: countSchema,
      requirement: countSchema,
      after: countSchema,
      workflow: countSchema,
    }),
    successRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('plain successes among runs that worked to their end; null without any'),
    waiting: durationSchema.describe('from the wish to the start'),
    running: durationSchema.describe('from the start to the end, without the waits between attempts'),
    retryWait: durationSchema.describe('between failed attempts and the next ones, of runs that had any'),
    items: z.object({ ok: countSchema, failed: countSchema }),
    symbols: z.object({
      ok: countSchema.describe('written or unchanged'),
      failed: countSchema.describe('failed or quarantined'),
      other: countSchema.describe('absent, suspended, or left to the next source'),
    }),
    rows: z.object({ written: countSchema, unchanged: countSchema }),
    calls: countSchema,
    bytes: countSchema,
  })
  .meta({ id: 'RunFigures' });
export type RunFigures = z.output<typeof figuresSchema>;

const trendSchema = z
  .array(
    z.object({
      from: instantSchema.describe('beginning of the stretch'),
      runs: countSchema,
      states: statesSchema,
      itemsFailed: countSchema,
      rowsWritten: countSchema,
      calls: countSchema,
      waitingP50Ms: ms.nullable(),
      waitingP95Ms: ms.nullable(),
      runningP50Ms: ms.nullable(),
      runningP95Ms: ms.nullable(),
    }),
  )
  .describe('oldest first; stretches without runs are left out');

const behindSchema = countSchema.describe('runs that have ended and are in no figure yet, up to 10,000');

export const runStatisticsSchema = z
  .object({ window: windowSchema, notCounted: behindSchema, figures: figuresSchema, trend: trendSchema })
  .meta({ id: 'RunStatistics' });
export type RunStatistics = z.output<typeof runStatisticsSchema>;

export const JOB_RANKINGS = [
  'runs',
  'failures',
  'failure_rate',
  'running',
  'waiting',
  'rows',
  'calls',
] as const;

export const jobStatisticsQuerySchema = z.strictObject({
  ...windowQuery,
  sort: z
    .enum(JOB_RANKINGS)
    .default('runs')
    .describe(
      'most first: `running` are the slowest by their mean, `failure_rate` those that fail most often',
    ),
  after: z.string().max(80).optional().describe('cursor: what `next` of the page before says'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const jobSchema = z.object({
  id: z.int().positive(),
  key: z.string().nullable().describe('null where the job is no longer known'),
  name: z.string().nullable(),
});

export const jobStatisticsListSchema = z
  .object({
    window: windowSchema,
    notCounted: behindSchema,
    jobs: z.array(z.object({ job: jobSchema, figures: figuresSchema })),
    next: z.string().nullable().describe('cursor of the next page'),
  })
  .meta({ id: 'JobStatisticsList' });
export type JobStatisticsList = z.output<typeof jobStatisticsListSchema>;

export const jobStatisticsSchema = z
  .object({
    job: jobSchema,
    window: windowSchema,
    notCounted: behindSchema,
    figures: figuresSchema,
    trend: trendSchema,
  })
  .meta({ id: 'JobStatistics' });
export type JobStatistics = z.output<typeof jobStatisticsSchema>;

const workSchema = z
  .array(
    z.object({
      from: instantSchema.describe('beginning of the stretch'),
      runs: countSchema,
      failed: countSchema,
      rowsWritten: countSchema,
      rowsUnchanged: countSchema,
      calls: countSchema,
    }),
  )
  .describe('oldest first; stretches without runs are left out');

export const datasetStatisticsSchema = z
  .object({
    window: windowSchema,
    notCounted: behindSchema,
    datasets: z.array(z.object({ dataset: datasetSchema, figures: figuresSchema, trend: workSchema })),
  })
  .meta({ id: 'DatasetStatistics' });
export type DatasetStatistics = z.output<typeof datasetStatisticsSchema>;

export const sourceStatisticsSchema = z
  .object({
    window: windowSchema,
    notCounted: behindSchema,
    sources: z
      .array(z.object({ source: sourceSchema, figures: figuresSchema, trend: workSchema }))
      .describe('items, symbols, rows, calls and bytes are those of the source, runs those that asked it'),
  })
  .meta({ id: 'SourceStatistics' });
export type SourceStatistics = z.output<typeof sourceStatisticsSchema>;
