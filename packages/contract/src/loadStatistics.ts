import { z } from 'zod';
import { countSchema, datasetSchema, daySchema, instantSchema } from './primitives.ts';

const ms = z.number().nonnegative();

export const workerStatisticsSchema = z
  .object({
    workers: z.array(
      z.object({
        id: z.int().positive(),
        node: z.string(),
        pid: z.int(),
        slots: countSchema.describe('shards that it works on at a time'),
        used: countSchema.describe('shards that it holds'),
        free: countSchema,
        silentMs: ms.describe('since its last heartbeat'),
      }),
    ),
    slots: z.object({ total: countSchema, used: countSchema, free: countSchema }),
    dispatches: z.object({
      ready: countSchema.describe('due and taken by nobody'),
      later: countSchema.describe('put back for later'),
      atWork: countSchema,
      oldestReadyMs: ms.nullable().describe('how long the first of those that are due has waited'),
    }),
    pool: z
      .object({
        most: countSchema,
        used: countSchema,
        waiting: countSchema.describe('statements that wait for a connection'),
      })
      .describe('connections of the process that answers'),
    connections: z
      .object({ most: countSchema, open: countSchema, active: countSchema })
      .describe('of all programs to the database; `most` is for all databases of the server'),
  })
  .meta({ id: 'WorkerStatistics' });
export type WorkerStatistics = z.output<typeof workerStatisticsSchema>;

const growthSchema = z
  .object({ perDay: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe('bytes a day with bounds of 95 %, by the last sixty days; null with fewer than three');

export const diskForecastSchema = z
  .object({
    takenAt: instantSchema.nullable().describe('when it was looked last; null if never'),
    databaseBytes: countSchema.nullable(),
    freeBytes: countSchema.nullable().describe('null where the database is on another machine'),
    growth: growthSchema,
    daysLeft: z
      .object({ expected: ms.nullable(), soonest: ms.nullable(), latest: ms.nullable() })
      .nullable()
      .describe(
        'until the disk is full, null within for never; null where growth or free space is not known',
      ),
    samples: z.array(
      z.object({ day: daySchema, databaseBytes: countSchema, freeBytes: countSchema.nullable() }),
    ),
    tables: z.array(z.object({ dataset: datasetSchema, bytes: countSchema, growth: growthSchema })),
  })
  .meta({ id: 'DiskForecast' });
export type DiskForecast = z.output<typeof diskForecastSchema>;
