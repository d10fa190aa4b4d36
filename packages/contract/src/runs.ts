import { PRIORITIES } from '@tapekeeper/core';
import { z } from 'zod';
import {
  countSchema,
  daySchema,
  datasetSchema,
  instantSchema,
  jobTypeSchema,
  outcomeCountsSchema,
  outcomeSchema,
  runIdSchema,
  runStateSchema,
  originSchema,
  sourceSchema,
  symbolSchema,
} from './primitives.ts';

/**
 * The wish for a sync. Days, symbols and the data set are plain texts here, since the use case checks
 * them against what is known and says what to do.
 */
export const newRunSchema = z
  .strictObject({
    type: z
      .enum(['sync', 'repair'])
      .default('sync')
      .describe('a repair fills the gaps between the first covered day and the last final one'),
    dataset: z.string().max(64),
    lastDays: z
      .int()
      .min(1)
      .max(20_000)
      .optional()
      .describe('calendar days up to the last one, where no first day is named'),
    from: z.string().max(32).optional().describe('first day; default: the first covered day, or a year back'),
    to: z.string().max(32).optional().describe('last day; default: the last final day'),
    set: z.string().max(64).optional().describe('a symbol set to take the symbols from'),
    symbols: z
      .array(z.string().max(32))
      .max(20_000)
      .optional()
      .describe('only these symbols; default: all listed'),
    sources: z.array(z.string().max(32)).max(8).optional().describe('only these sources, in this order'),
    force: z.boolean().default(false).describe('ask again for what is covered'),
  })
  .meta({ id: 'NewRun' });
export type NewRunBody = z.input<typeof newRunSchema>;

export const planSchema = z
  .object({
    source: sourceSchema.nullable().describe('source of the first round'),
    sources: z.array(sourceSchema),
    shape: z.enum(['day', 'symbol', 'all']).nullable(),
    items: countSchema,
    calls: countSchema,
    cells: countSchema.describe('missing (symbol, day) cells that the items are to fill'),
    unservedCells: countSchema.describe('missing cells that the first source cannot serve'),
    estimatedMs: z.number().nonnegative(),
  })
  .meta({ id: 'Plan' });

export const dryRunSchema = z
  .object({
    dataset: datasetSchema,
    from: daySchema,
    to: daySchema,
    plan: planSchema,
    share: z
      .object({
        minute: z.number().nonnegative().nullable(),
        hour: z.number().nonnegative().nullable(),
        day: z.number().nonnegative().nullable(),
      })
      .describe('parts of the budgets that the first round takes, from 0 to 1'),
    lackingRights: z
      .array(z.object({ source: sourceSchema, api: z.string() }))
      .describe('interfaces that sources of the wish have refused to this account'),
    /** Data sets that the run would refresh first. */
    requires: z.array(datasetSchema),
  })
  .meta({ id: 'DryRun' });
export type DryRun = z.output<typeof dryRunSchema>;

export const progressSchema = z.object({
  symbolsTotal: countSchema.describe('symbol outcomes to come, as far as planned'),
  symbolsDone: countSchema,
  itemsTotal: countSchema,
  itemsDone: countSchema,
  itemsFailed: countSchema,
  rowsPerSecond: z.number().nonnegative().nullable(),
  etaMs: z.number().nonnegative().nullable().describe('probable time left'),
  etaLowMs: z.number().nonnegative().nullable(),
  etaHighMs: z.number().nonnegative().nullable(),
  fraction: z.number().min(0).max(1).describe('how much of the run is over; it never goes back'),
  step: z.string().nullable().describe('the step at hand'),
  currentSymbol: z.string().nullable(),
  currentSource: sourceSchema.nullable(),
});

export const runSchema = z
  .object({
    id: runIdSchema,
    type: jobTypeSchema,
    dataset: datasetSchema.nullable().describe('null for runs of no data set'),
    from: daySchema.nullable().describe('first day; null until a sync is planned, and for other types'),
    to: daySchema.nullable(),
    symbols: countSchema.nullable().describe('how many symbols were named; null for all'),
    sources: z.array(sourceSchema),
    force: z.boolean(),
    wish: z.record(z.string(), z.unknown()).describe('what was asked for, in the form of its type'),
    cause: z.enum(['fire', 'person', 'requirement', 'after', 'workflow']),
    requestedBy: z.string().nullable(),
    job: z
      .object({ id: z.int(), key: z.string(), version: z.int().nullable() })
      .nullable()
      .describe('the job that it is a run of, in the version that it used'),
    scheduledFor: instantSchema.nullable().describe('the moment that it was fired for'),
    parentRunId: runIdSchema.nullable(),
    resumesRunId: runIdSchema.nullable(),
    upstreamRunId: runIdSchema.nullable().describe('the run whose good end made it'),
    node: z.string().nullable().describe('its node in the workflow of the parent run'),
    priority: z.enum(PRIORITIES),
    group: z.string().nullable().describe('concurrency group'),
    waitsForTurn: z.boolean().describe('whether it waits for its job or group to become free'),
    attempt: z.int(),
    maxAttempts: z.int(),
    timeoutSeconds: z.int().nullable(),
    retryAt: instantSchema.nullable().describe('when a failed attempt is followed by the next one'),
    stop: z
      .object({ end: z.enum(['cancelled', 'failed']), code: z.string(), reason: z.string(), by: z.string() })
      .nullable()
      .describe('how it was told to end'),
    pausing: z.boolean().describe('whether it was told to pause and its workers have not all done so'),
    result: z.record(z.string(), z.unknown()).nullable().describe('what a task has to say of its work'),
    state: runStateSchema,
    reason: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    plan: planSchema.nullable(),
    progress: progressSchema,
    outcomes: outcomeCountsSchema,
    servedBy: z
      .array(
        z.object({
          source: sourceSchema,
          items: countSchema,
          itemsFailed: countSchema,
          calls: countSchema,
          bytes: countSchema,
          rowsWritten: countSchema,
          rowsUnchanged: countSchema,
          outcomes: outcomeCountsSchema,
        }),
      )
      .describe('what each source did, in the order in which they were asked'),
    rowsWritten: countSchema,
    rowsUnchanged: countSchema,
    calls: countSchema,
    bytes: countSchema,
    createdAt: instantSchema,
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
    waitingMs: z.number().nonnegative().describe('from creation to start'),
    retryWaitedMs: z.number().nonnegative().describe('between failed attempts and the next ones'),
    runningMs: z.number().nonnegative().nullable().describe('from start to end, or to now'),
  })
  .meta({ id: 'Run' });
export type Run = z.output<typeof runSchema>;

export const runParamsSchema = z.strictObject({
  id: z.coerce.number().int().positive().describe('number of a run'),
});

export const runListQuerySchema = z.strictObject({
  state: z.string().max(200).optional().describe('states to list, separated by commas'),
  dataset: z.string().max(64).optional(),
  job: z.coerce.number().int().positive().optional().describe('only runs of this job'),
  parent: z.coerce.number().int().positive().optional().describe('only runs that this run has begun'),
  type: jobTypeSchema.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest').describe('which come first'),
  before: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('cursor of the newest first: only runs with a smaller id'),
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('cursor of the oldest first: only runs with a greater id'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const runListSchema = z
  .object({ runs: z.array(runSchema), next: runIdSchema.nullable().describe('cursor of the next page') })
  .meta({ id: 'RunList' });
export type RunList = z.output<typeof runListSchema>;

export const runSymbolsQuerySchema = z.strictObject({
  outcome: outcomeSchema.optional(),
  after: z.coerce.number().int().nonnegative().default(0).describe('cursor'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const runSymbolsSchema = z
  .object({
    symbols: z.array(
      z.object({
        symbol: symbolSchema,
        outcomes: z.array(
          z.object({
            outcome: outcomeSchema,
            cells: countSchema,
            source: originSchema.nullable(),
            detail: z.string().nullable(),
          }),
        ),
      }),
    ),
    next: z.int().nullable(),
  })
  .meta({ id: 'RunSymbols' });
export type RunSymbols = z.output<typeof runSymbolsSchema>;
