import {
  AMOUNT_UNITS,
  DEFAULT_MOST_AT_A_TIME,
  DEFAULT_POLICIES,
  DEFAULT_ZONE,
  FIRE_REASONS,
  JOB_MACHINE,
  LONGEST_JOB_KEY,
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  PRIORITIES,
  SOURCES,
  TRIGGER_KINDS,
  VOLUME_UNITS,
  type JobState,
} from '@tapekeeper/core';
import { z } from 'zod';
import { countSchema, instantSchema, jobTypeSchema, runIdSchema, runStateSchema } from './primitives.ts';

const idSchema = z.int().positive();
/** Years that calendars and clocks are told for; further away, a search for a trading day might not end. */
const FIRST_TIME = 0;
const AFTER_LAST_TIME = Date.UTC(3000, 0, 1);
export const timeSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= FIRST_TIME && Date.parse(text) < AFTER_LAST_TIME, {
    error: 'times go from 1970 to 2999',
  })
  .describe('an instant of the years 1970 to 2999, ISO 8601');
const datasetText = z.string().min(1).max(64);
const sourcesText = z.array(z.string().max(32)).max(8);
const setText = z.string().min(1).max(64);
const lastDaysSchema = z.int().min(1).max(20_000).describe('calendar days up to the end');
const keyText = z.string().min(1).max(LONGEST_JOB_KEY).describe('name for machines, unique');
const jobRefSchema = z.union([idSchema, keyText]).describe('number or key of a job');

export const jobStateSchema = z.enum(Object.keys(JOB_MACHINE.next) as [JobState, ...JobState[]]);

const wishSchema = z.strictObject({
  dataset: datasetText,
  from: z.string().max(32).optional(),
  to: z.string().max(32).optional(),
  lastDays: lastDaysSchema.optional(),
  symbols: z.array(z.string().max(32)).max(20_000).optional(),
  set: setText.optional().describe('a symbol set, read anew by each run'),
  sources: sourcesText.optional(),
  force: z.boolean().optional(),
});
const nothingSchema = z.strictObject({});

/** Names of nodes; a graph has few enough of them to be looked at. */
const nodeText = z.string().min(1).max(64);
const workflowSchema = z.strictObject({
  mode: z.enum(['serial', 'parallel']).default('serial'),
  nodes: z
    .array(
      z.strictObject({
        node: nodeText,
        jobId: jobRefSchema,
        dependsOn: z.array(nodeText).max(200).default([]),
        condition: z.enum(['success', 'done']).default('success'),
      }),
    )
    .max(200),
  onFailure: z.enum(['stop', 'continue']).default('stop'),
  mostAtATime: z.int().min(1).max(32).default(DEFAULT_MOST_AT_A_TIME),
});

/** The parameters of each type of job. */
export const jobParamsSchemas = {
  sync: wishSchema,
  repair: wishSchema,
  reconcile: z.strictObject({
    dataset: datasetText,
    sampleSize: z.int().min(1).max(1000).optional(),
    sources: sourcesText.optional(),
  }),
  source_check: z.strictObject({ source: z.enum(SOURCES).optional().describe('default: each of them') }),
  statistics: nothingSchema,
  retention: nothingSchema,
  export: z.strictObject({
    dataset: datasetText,
    format: z.enum(['csv', 'ndjson', 'parquet', 'qlib']),
    lastDays: lastDaysSchema.optional(),
    set: setText.optional(),
    adjust: z.enum(['forward', 'backward']).optional(),
  }),
  workflow: workflowSchema,
  example: z.strictObject({
    durationSeconds: z.number().min(0).max(86_400).default(5),
    successRate: z.number().min(0).max(1).default(1),
    steps: z.int().min(1).max(1000).default(5),
    message: z.string().max(1000).optional(),
  }),
  command: z.strictObject({
    program: z.string().min(1).max(64).describe('name of an allowed program'),
    args: z.array(z.string().max(4096)).max(256).default([]),
    directory: z.string().max(1024).optional(),
  }),
  backup: nothingSchema,
  import: z.strictObject({
    dataset: datasetText,
    file: z
      .string()
      .regex(/^[0-9a-f-]{36}$/, 'the name that an upload was kept under')
      .optional()
      .describe('kept file; each run names one'),
    name: z.string().max(255).optional(),
    volume: z.enum(VOLUME_UNITS).optional(),
    amount: z.enum(AMOUNT_UNITS).optional(),
    symbol: z.string().max(32).optional(),
    replace: z.boolean().optional(),
    dryRun: z.boolean().optional(),
  }),
} as const;

const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cron'),
    expression: z.string().min(1).max(256),
    zone: z.string().max(64).default(DEFAULT_ZONE),
  }),
  z.strictObject({
    kind: z.literal('interval'),
    everySeconds: z.int().positive(),
    anchor: timeSchema.optional().describe('default: when the job is made'),
  }),
  z.strictObject({ kind: z.literal('once'), at: timeSchema }),
  z.strictObject({ kind: z.literal('session'), rule: z.string().min(1).max(128) }),
  z.strictObject({ kind: z.literal('after'), jobId: jobRefSchema }),
  z.strictObject({ kind: z.literal('manual') }),
]);

export const scheduleSchema = z.strictObject({
  trigger: triggerSchema,
  tradingDaysOnly: z.boolean().default(false),
  activeFrom: timeSchema.nullable().default(null),
  activeUntil: timeSchema.nullable().default(null),
  jitterSeconds: z.int().min(0).max(86_400).default(0),
  misfire: z.enum(MISFIRE_POLICIES).default('run_once'),
  graceSeconds: z.int().min(0).max(31_536_000).nullable().default(null).describe('null: until the next one'),
  overlap: z
    .enum(OVERLAP_POLICIES)
    .optional()
    .describe('default: skip; queue for repairs, reject where a job has no trigger but people'),
});

const policiesSchema = z.strictObject({
  timeoutSeconds: z.int().min(1).max(604_800).nullable().default(DEFAULT_POLICIES.timeoutSeconds),
  maxAttempts: z.int().min(1).max(100).default(DEFAULT_POLICIES.maxAttempts),
  retrySeconds: z.int().min(0).max(86_400).default(DEFAULT_POLICIES.retrySeconds),
  retryFailures: z
    .boolean()
    .optional()
    .describe('whether a task that failed by itself, such as a command, is tried again as well'),
  mostRuns: z.int().min(1).max(100).default(DEFAULT_POLICIES.mostRuns),
  group: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .nullable()
    .default(DEFAULT_POLICIES.group)
    .describe('jobs of one group run one at a time'),
  priority: z.enum(PRIORITIES).default(DEFAULT_POLICIES.priority),
});

const common = {
  name: z.string().min(1).max(200),
  description: z.string().max(4000).default(''),
  tags: z
    .array(z.string().regex(/^\S{1,64}$/, 'a tag is one word'))
    .max(32)
    .default([]),
  schedule: scheduleSchema.prefault({ trigger: { kind: 'manual' } }),
  policies: policiesSchema.prefault({}),
  wording: z
    .strictObject({ taskType: z.string().max(32), config: z.record(z.string(), z.unknown()) })
    .optional()
    .describe('how the client of a documented interface has worded the job; can be left out'),
};

const definitionOf = <Type extends string, Params extends z.ZodType>(type: Type, params: Params) =>
  z.strictObject({ type: z.literal(type), params, ...common });

/** What a job is, as people write and read it; what is left out has its default. */
export const jobDefinitionSchema = z
  .discriminatedUnion('type', [
    definitionOf('sync', jobParamsSchemas.sync),
    definitionOf('repair', jobParamsSchemas.repair),
    definitionOf('reconcile', jobParamsSchemas.reconcile),
    definitionOf('source_check', jobParamsSchemas.source_check.prefault({})),
    definitionOf('statistics', jobParamsSchemas.statistics.prefault({})),
    definitionOf('retention', jobParamsSchemas.retention.prefault({})),
    definitionOf('export', jobParamsSchemas.export),
    definitionOf('workflow', jobParamsSchemas.workflow),
    definitionOf('example', jobParamsSchemas.example.prefault({})),
    definitionOf('command', jobParamsSchemas.command),
    definitionOf('backup', jobParamsSchemas.backup.prefault({})),
    definitionOf('import', jobParamsSchemas.import),
  ])
  .meta({ id: 'JobDefinition' });
export type JobDefinitionBody = z.input<typeof jobDefinitionSchema>;
export type JobDefinitionText = z.output<typeof jobDefinitionSchema>;

export const newJobSchema = z
  .strictObject({
    key: keyText,
    enabled: z.boolean().default(false),
    definition: jobDefinitionSchema,
  })
  .meta({ id: 'NewJob' });
export type NewJobBody = z.input<typeof newJobSchema>;

export const updateJobSchema = z
  .strictObject({
    version: idSchema.describe('the version that was seen; another one is a conflict'),
    definition: jobDefinitionSchema.describe('the whole of it'),
  })
  .meta({ id: 'JobUpdate' });
export type UpdateJobBody = z.input<typeof updateJobSchema>;

const wordsSchema = z.object({ en: z.string(), zh: z.string() });

export const jobSchema = z
  .object({
    id: idSchema,
    key: z.string(),
    state: jobStateSchema,
    version: idSchema,
    definition: jobDefinitionSchema,
    words: wordsSchema.describe('the trigger in words'),
    next: z
      .object({ scheduledFor: instantSchema, dueAt: instantSchema.describe('later by the jitter') })
      .nullable()
      .describe('the next moment; null where there is none, or the job is not enabled'),
    openRuns: countSchema,
    lastRun: z
      .object({
        id: runIdSchema,
        state: runStateSchema,
        createdAt: instantSchema,
        startedAt: instantSchema.nullable(),
        finishedAt: instantSchema.nullable(),
      })
      .nullable(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: 'Job' });
export type Job = z.output<typeof jobSchema>;

export const jobReportSchema = z
  .object({
    job: jobSchema,
    warnings: z
      .array(z.object({ code: z.string(), text: wordsSchema }))
      .describe('what will keep its runs from what they are for, as things are'),
  })
  .meta({ id: 'JobReport' });
export type JobReport = z.output<typeof jobReportSchema>;

export const jobRefParamsSchema = z.strictObject({
  id: z.string().min(1).max(LONGEST_JOB_KEY).describe('number or key of a job'),
});

/** What jobs are listed by. */
export const JOB_ORDERS = ['number', 'key', 'next'] as const;

export const jobListQuerySchema = z.strictObject({
  state: z.string().max(200).optional().describe('states to list, separated by commas'),
  type: jobTypeSchema.optional(),
  trigger: z.enum(TRIGGER_KINDS).optional(),
  tag: z.string().max(64).optional(),
  text: z.string().max(200).optional().describe('part of the key or the name'),
  sort: z.enum(JOB_ORDERS).default('number').describe('next: those that are due first come first'),
  after: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('cursor: only jobs behind the one with this number'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const jobListSchema = z
  .object({
    jobs: z.array(jobSchema),
    next: idSchema.nullable().describe('cursor of the next page'),
    counts: z
      .object({ enabled: countSchema, paused: countSchema, disabled: countSchema })
      .describe('of all jobs'),
  })
  .meta({ id: 'JobList' });
export type JobList = z.output<typeof jobListSchema>;

export const copyJobSchema = z.strictObject({
  key: keyText.optional().describe('default: one like the first'),
});
export type CopyJobBody = z.input<typeof copyJobSchema>;

export const triggerJobSchema = z
  .strictObject({
    params: z
      .record(z.string().max(64), z.unknown())
      .default({})
      .describe('laid over those of the job, for this run alone'),
  })
  .meta({ id: 'JobTrigger' });
export type TriggerJobBody = z.input<typeof triggerJobSchema>;

const pageQuery = {
  before: z.coerce.number().int().positive().optional().describe('cursor: only older ones'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};
const nextSchema = idSchema.nullable().describe('cursor of the next page');

export const jobHistoryQuerySchema = z.strictObject(pageQuery);

export const jobVersionsSchema = z
  .object({
    versions: z.array(
      z.object({
        version: idSchema,
        definition: jobDefinitionSchema,
        author: z.string(),
        createdAt: instantSchema,
      }),
    ),
    next: nextSchema,
  })
  .meta({ id: 'JobVersions' });
export type JobVersions = z.output<typeof jobVersionsSchema>;

export const jobChangesSchema = z
  .object({
    changes: z.array(
      z.object({
        id: idSchema,
        at: instantSchema,
        action: z.enum([
          'created',
          'updated',
          'enabled',
          'disabled',
          'paused',
          'resumed',
          'triggered',
          'deleted',
        ]),
        state: jobStateSchema.describe('after it'),
        version: idSchema,
        author: z.string(),
        detail: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
    next: nextSchema,
  })
  .meta({ id: 'JobChanges' });
export type JobChanges = z.output<typeof jobChangesSchema>;

const fireQuery = {
  ...pageQuery,
  decision: z.enum(['ran', 'missed', 'skipped']).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional().describe('only moments before'),
};
export const jobFiresQuerySchema = z.strictObject(fireQuery);
export const fireListQuerySchema = z.strictObject({
  ...fireQuery,
  job: z.string().min(1).max(LONGEST_JOB_KEY).optional().describe('number or key of a job'),
});

export const fireListSchema = z
  .object({
    fires: z.array(
      z.object({
        id: idSchema,
        jobId: idSchema,
        jobVersion: idSchema,
        scheduledFor: instantSchema,
        until: instantSchema.describe('last moment of the stretch'),
        dueCount: countSchema.describe('moments in the stretch'),
        decision: z.enum(['ran', 'missed', 'skipped']),
        reason: z.enum(FIRE_REASONS),
        blocker: z
          .object({ runIds: z.array(runIdSchema), group: z.string().nullable() })
          .nullable()
          .describe('what stood in the way'),
        upstreamRunId: runIdSchema.nullable(),
        decidedAt: instantSchema,
        runId: runIdSchema.nullable(),
        runState: runStateSchema.nullable(),
      }),
    ),
    next: nextSchema,
  })
  .meta({ id: 'FireList' });
export type FireList = z.output<typeof fireListSchema>;

const starterSchema = z.object({
  key: z.string(),
  jobId: idSchema.nullable().describe('the job that has the key; null where there is none'),
  state: jobStateSchema.nullable(),
  core: z.boolean().describe('one of those that keep the data complete'),
  type: jobTypeSchema,
  name: z.string(),
  description: z.string(),
});
export const starterListSchema = z.object({ starters: z.array(starterSchema) }).meta({ id: 'StarterList' });
export type StarterList = z.output<typeof starterListSchema>;

export const installStartersSchema = z
  .strictObject({
    enable: z.enum(['core', 'none']).default('none').describe('which of the new ones are enabled at once'),
  })
  .meta({ id: 'StarterInstallation' });
export type InstallStartersBody = z.input<typeof installStartersSchema>;
export const startersInstalledSchema = z
  .object({ installed: z.array(z.string()).describe('keys of the jobs that were made') })
  .meta({ id: 'StartersInstalled' });
export type StartersInstalled = z.output<typeof startersInstalledSchema>;
