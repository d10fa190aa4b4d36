import { z } from 'zod';
import {
  countSchema,
  datasetSchema,
  instantSchema,
  jobTypeSchema,
  runIdSchema,
  runStateSchema,
  sourceSchema,
} from './primitives.ts';
import { runSchema } from './runs.ts';

/** A sentence in both languages. */
export const sentenceSchema = z.object({ en: z.string(), zh: z.string() });

const msSchema = z.number().nonnegative();

export const stepSchema = z
  .object({
    no: countSchema,
    name: z.string().describe('calendar, list, plan, fetch, finish; of tasks and workflows their own'),
    state: z.enum(['pending', 'running', 'done', 'failed', 'skipped', 'cancelled']),
    weight: z.number().nonnegative().describe('share of the whole, relative to the other steps'),
    fraction: z.number().min(0).max(1).describe('how much of the step is over'),
    estimatedMs: msSchema.nullable(),
    done: countSchema,
    total: countSchema.describe('0 where it cannot be counted'),
    detail: z.string().nullable(),
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Step' });

export const runStepsSchema = z
  .object({
    runId: runIdSchema,
    state: runStateSchema,
    fraction: z.number().min(0).max(1).describe('how much of the run is over; it never goes back'),
    step: z.string().nullable().describe('the step at hand'),
    etaMs: msSchema.nullable().describe('probable time left'),
    etaLowMs: msSchema.nullable(),
    etaHighMs: msSchema.nullable(),
    steps: z.array(stepSchema),
  })
  .meta({ id: 'RunSteps' });
export type RunSteps = z.output<typeof runStepsSchema>;

/** A run beside the one that is explained. */
const otherRunSchema = z.object({
  id: runIdSchema,
  state: runStateSchema,
  type: jobTypeSchema,
  dataset: datasetSchema.nullable(),
  job: z.string().nullable(),
  node: z.string().nullable(),
  startedAt: instantSchema.nullable(),
});

const momentSchema = z.object({
  scheduledFor: instantSchema,
  dueAt: instantSchema.describe('the same, or later by the jitter'),
});

export const explainJobParamsSchema = z.strictObject({
  id: z.string().min(1).max(64).describe('number or key of a job'),
});
export const explainJobQuerySchema = z.strictObject({
  at: z
    .string()
    .max(64)
    .optional()
    .describe('a day, a minute or a second, in the zone of the trigger; left out: how the job stands'),
});

export const jobExplanationSchema = z
  .object({
    job: z.object({
      id: z.int(),
      key: z.string(),
      name: z.string(),
      state: z.enum(['enabled', 'paused', 'disabled']),
      version: z.int(),
      trigger: z.string(),
    }),
    at: instantSchema.nullable().describe('the time that was asked about'),
    until: instantSchema.nullable().describe('its end, which is not in it'),
    now: instantSchema,
    verdict: z.enum([
      'ran',
      'skipped',
      'missed',
      'not_active',
      'no_moment',
      'undecided',
      'running',
      'will_run',
      'will_not_run',
    ]),
    code: z.string().describe('the reason in a word'),
    text: sentenceSchema,
    moment: momentSchema.nullable().describe('the moment that is spoken of'),
    fire: z
      .object({
        id: z.int(),
        scheduledFor: instantSchema,
        until: instantSchema,
        dueCount: countSchema,
        decision: z.enum(['ran', 'missed', 'skipped']),
        reason: z.string(),
        decidedAt: instantSchema,
        jobVersion: z.int(),
      })
      .nullable(),
    run: otherRunSchema.nullable().describe('the run that the moment became, or that is under way'),
    blockedBy: z.array(otherRunSchema).describe('runs that stood in the way, as they are now'),
    blocking: z
      .array(
        z.object({
          code: z.enum([
            'no_scheduler',
            'job_busy',
            'group_busy',
            'no_worker',
            'disk_full',
            'sources_closed',
          ]),
          stops: z.boolean().describe('whether nothing would run; else the run would be made, and wait'),
          text: sentenceSchema,
          runIds: z.array(runIdSchema),
          group: z.string().nullable(),
        }),
      )
      .describe('what would stand in the way of a moment to come, were things to stay as they are'),
    notes: z.array(z.object({ code: z.string(), text: sentenceSchema })),
    previous: momentSchema.nullable().describe('the moment of the trigger before'),
    next: momentSchema.nullable(),
  })
  .meta({ id: 'JobExplanation' });
export type JobExplanation = z.output<typeof jobExplanationSchema>;

const situationSchema = z.object({
  code: z.string(),
  text: sentenceSchema,
  shard: countSchema.nullable().describe('null where it is said of the whole run'),
  since: instantSchema.nullable(),
  until: instantSchema.nullable(),
  runIds: z.array(runIdSchema),
  group: z.string().nullable(),
  host: z.string().nullable(),
  api: z.string().nullable(),
  workerId: z.int().nullable(),
});

const workerSchema = z.object({
  id: z.int(),
  node: z.string(),
  pid: z.int(),
  alive: z.boolean(),
  startedAt: instantSchema,
  silentMs: msSchema.describe('since its last heartbeat'),
  shards: countSchema.describe('open shards in its hands'),
  slots: countSchema.nullable(),
  rssBytes: countSchema.nullable(),
  heapBytes: countSchema.nullable(),
  lagP99Ms: msSchema.nullable().describe('delay of its event loop over the last seconds'),
  lagMaxMs: msSchema.nullable(),
  stuckMs: msSchema.nullable().describe('for how long its main loop has not moved'),
});

export const runExplanationSchema = z
  .object({
    run: runSchema,
    verdict: z.string().describe('code of the situation that speaks for the run'),
    text: sentenceSchema,
    stuck: z.object({
      stuck: z.boolean().describe('nothing was written for longer than its like ever took; only a flag'),
      stillMs: msSchema,
      thresholdMs: msSchema,
      history: countSchema.describe('earlier runs that the threshold is from'),
    }),
    situations: z.array(situationSchema),
    shards: z.array(
      z.object({
        no: countSchema,
        kind: z.enum(['plan', 'fetch', 'task', 'workflow']),
        source: sourceSchema.nullable(),
        round: countSchema,
        workerId: z.int().nullable(),
        claimedAt: instantSchema.nullable(),
        updatedAt: instantSchema,
        itemsTotal: countSchema,
        itemsOver: countSchema,
        troubles: countSchema,
        dispatch: z
          .object({ runAt: instantSchema, taken: z.boolean(), ahead: countSchema })
          .nullable()
          .describe('its entry in the queue'),
        items: z.array(z.object({ no: countSchema, what: z.string(), attempts: countSchema })),
        lastFailure: z
          .object({ code: z.string(), message: z.string().nullable(), at: instantSchema })
          .nullable(),
      }),
    ),
    calls: z.array(
      z.object({
        workerId: z.int(),
        itemNo: countSchema,
        source: sourceSchema,
        host: z.string().nullable(),
        api: z.string().nullable(),
        where: z.enum(['gate', 'wire', 'pause']),
        forMs: msSchema,
      }),
    ),
    workers: z.array(workerSchema),
    children: z.array(otherRunSchema).describe('open runs that it has begun'),
    blockedBy: z.array(otherRunSchema).describe('runs that go before it'),
    database: z.object({
      connections: z.array(z.object({ application: z.string(), state: z.string(), count: countSchema })),
      blocked: z.array(
        z.object({
          pid: z.int(),
          application: z.string(),
          waitingMs: msSchema,
          blockers: z.array(
            z.object({
              pid: z.int(),
              application: z.string(),
              state: z.string(),
              transactionMs: msSchema,
            }),
          ),
        }),
      ),
      oldestTransaction: z
        .object({ pid: z.int(), application: z.string(), state: z.string(), ms: msSchema })
        .nullable(),
    }),
    freeMegabytes: z.number().nullable(),
    steps: z.array(stepSchema),
  })
  .meta({ id: 'RunExplanation' });
export type RunExplanation = z.output<typeof runExplanationSchema>;
