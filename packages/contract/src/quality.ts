import { MISMATCH_KINDS } from '@tapekeeper/core';
import { z } from 'zod';
import { cellCountsSchema } from './coverage.ts';
import {
  countSchema,
  datasetSchema,
  daySchema,
  instantSchema,
  runIdSchema,
  originSchema,
  sourceSchema,
  symbolSchema,
} from './primitives.ts';

const idSchema = z.int().positive();
const cursorSchema = z.coerce
  .number()
  .int()
  .positive()
  .optional()
  .describe('cursor: only rows with a smaller id');
const limitSchema = z.coerce.number().int().min(1).max(500).default(50);
const nextSchema = idSchema.nullable().describe('cursor of the next page');
const authorSchema = z
  .string()
  .max(200)
  .optional()
  .describe('who does it; kept. Only the installation itself may name another than who asks');
const reasonSchema = z.string().max(2000).describe('why; kept');
const rowSchema = z.record(z.string(), z.unknown());

/** Numbers in a path. */
export const idParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });
/** Who takes something back. */
export const authorQuerySchema = z.strictObject({ author: authorSchema });

export const newHoleSchema = z
  .strictObject({
    dataset: z.string().max(64),
    symbols: z
      .array(z.string().max(32))
      .max(20_000)
      .optional()
      .describe('in any spelling; default: all listed'),
    from: z.string().max(32).describe('first day'),
    to: z.string().max(32).optional().describe('last day; default: the first alone'),
    reason: reasonSchema,
    author: authorSchema,
    dryRun: z.boolean().default(false).describe('only say what would be accepted'),
  })
  .meta({ id: 'NewAcceptedHole' });
export type NewHoleBody = z.input<typeof newHoleSchema>;

export const acceptedHoleSchema = z
  .object({
    id: idSchema,
    dataset: datasetSchema,
    symbols: z.array(z.string()).nullable().describe('null for all'),
    from: daySchema,
    to: daySchema,
    cells: countSchema.describe('gaps that are counted no longer'),
    reason: z.string(),
    author: z.string(),
    at: instantSchema,
    revokedAt: instantSchema.nullable(),
    revokedBy: z.string().nullable(),
  })
  .meta({ id: 'AcceptedHole' });
export type AcceptedHole = z.output<typeof acceptedHoleSchema>;

export const holeReportSchema = z
  .object({
    dataset: datasetSchema,
    from: daySchema,
    to: daySchema,
    cells: cellCountsSchema.describe('expected cells by what is known of them; only gaps can be accepted'),
    openDays: countSchema.describe('days that are not final yet'),
    first: z.array(z.object({ symbol: symbolSchema, day: daySchema })).describe('the first of the gaps'),
    hole: acceptedHoleSchema.nullable().describe('null for a dry run, and where nothing was missing'),
  })
  .meta({ id: 'AcceptedHoleReport' });
export type HoleReport = z.output<typeof holeReportSchema>;

export const holeListQuerySchema = z.strictObject({
  dataset: z.string().max(64).optional(),
  before: cursorSchema,
  limit: limitSchema,
});
export const holeListSchema = z
  .object({ holes: z.array(acceptedHoleSchema), next: nextSchema })
  .meta({ id: 'AcceptedHoleList' });
export type HoleList = z.output<typeof holeListSchema>;

const stateSchema = z.enum(['held', 'replayed', 'discarded']);

export const quarantinedRowSchema = z
  .object({
    id: idSchema,
    dataset: datasetSchema,
    symbol: z.string().nullable(),
    day: z.string().nullable(),
    source: originSchema,
    runId: runIdSchema,
    itemNo: z.int(),
    rule: z.string(),
    wants: z.object({ en: z.string(), zh: z.string() }).nullable().describe('what the rule wants of a row'),
    detail: z.string().nullable(),
    row: rowSchema,
    state: stateSchema,
    at: instantSchema,
    forced: z.boolean().describe('let in by a person although it was refused once more'),
    settledAt: instantSchema.nullable(),
    settledBy: z.string().nullable(),
    settledReason: z.string().nullable(),
  })
  .meta({ id: 'QuarantinedRow' });
export type QuarantinedRow = z.output<typeof quarantinedRowSchema>;

export const quarantineQuerySchema = z.strictObject({
  state: stateSchema.default('held'),
  dataset: z.string().max(64).optional(),
  rule: z.string().max(64).optional(),
  source: originSchema.optional(),
  run: z.coerce.number().int().positive().optional(),
  symbol: z.string().max(32).optional(),
  before: cursorSchema,
  limit: limitSchema,
});
export const quarantineListSchema = z
  .object({ rows: z.array(quarantinedRowSchema), next: nextSchema })
  .meta({ id: 'QuarantineList' });
export type QuarantineList = z.output<typeof quarantineListSchema>;

export const quarantineCountsQuerySchema = z.strictObject({ state: stateSchema.default('held') });
export const quarantineCountsSchema = z
  .object({
    counts: z.array(z.object({ dataset: datasetSchema, rule: z.string(), rows: countSchema })),
    upTo: countSchema.describe('a count of so many means as many or more'),
  })
  .meta({ id: 'QuarantineCounts' });
export type QuarantineCounts = z.output<typeof quarantineCountsSchema>;

const idsSchema = z.array(idSchema).min(1).max(1000);

export const releaseSchema = z
  .strictObject({
    ids: idsSchema,
    author: authorSchema,
    force: z.boolean().default(false).describe('let in what is refused once more; needs a reason'),
    reason: reasonSchema.optional(),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'QuarantineRelease' });
export type ReleaseBody = z.input<typeof releaseSchema>;

export const releasedSchema = z
  .object({
    rows: z.array(
      z.object({
        id: idSchema,
        outcome: z.enum(['released', 'forced', 'refused', 'not_held']),
        rule: z.string().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'QuarantineReleased' });
export type Released = z.output<typeof releasedSchema>;

export const discardSchema = z
  .strictObject({ ids: idsSchema, author: authorSchema, reason: reasonSchema })
  .meta({ id: 'QuarantineDiscard' });
export type DiscardBody = z.input<typeof discardSchema>;
export const discardedSchema = z.object({ ids: z.array(idSchema) }).meta({ id: 'QuarantineDiscarded' });
export type Discarded = z.output<typeof discardedSchema>;

export const revisionQuerySchema = z.strictObject({
  dataset: z.string().max(64),
  symbol: z.string().max(32).optional(),
  day: z.string().max(32).optional(),
  since: z.iso.datetime({ offset: true }).optional().describe('only corrections made from then on'),
  until: z.iso.datetime({ offset: true }).optional().describe('only corrections made before'),
  before: cursorSchema,
  limit: limitSchema,
});
export const revisionListSchema = z
  .object({
    revisions: z.array(
      z.object({
        id: idSchema,
        dataset: datasetSchema,
        symbol: z.string(),
        day: daySchema,
        was: rowSchema,
        now: rowSchema.nullable().describe('the row of today; null where it is gone'),
        changed: z.array(z.string()).describe('columns in which the two differ'),
        source: originSchema,
        runId: z.int(),
        replacedByRunId: z.int(),
        knownFrom: instantSchema,
        knownUntil: instantSchema,
      }),
    ),
    next: nextSchema,
  })
  .meta({ id: 'RevisionList' });
export type RevisionList = z.output<typeof revisionListSchema>;

export const newReconciliationSchema = z
  .strictObject({
    dataset: z.string().max(64),
    day: z.string().max(32).optional().describe('default: the last final day'),
    symbols: z.array(z.string().max(32)).max(20_000).optional(),
    sampleSize: z.int().min(1).max(1000).optional().describe('default: 50'),
    sources: z.array(z.string().max(32)).max(8).optional().describe('only these are asked'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional()
      .describe('takes a former sample again'),
    author: authorSchema,
  })
  .meta({ id: 'NewReconciliation' });
export type NewReconciliationBody = z.input<typeof newReconciliationSchema>;

const kindSchema = z.enum(MISMATCH_KINDS).describe('what two values differ by');

export const reconciliationSchema = z
  .object({
    id: idSchema,
    dataset: datasetSchema,
    day: daySchema,
    seed: z.int(),
    sampleSize: z.int(),
    author: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    cells: countSchema.describe('sampled cells'),
    calls: countSchema,
    notes: z.array(z.object({ source: sourceSchema, note: z.string() })).describe('what could not be asked'),
    rates: z.array(
      z.object({
        ours: originSchema.describe('whose rows are stored'),
        theirs: sourceSchema.describe('who was asked'),
        field: z.string().describe('column; * is the row itself'),
        compared: countSchema,
        mismatches: countSchema,
        rate: z.number().describe('mismatches by compared values, 0 to 1'),
        kinds: z.object({ unit: countSchema, adjustment: countSchema, late: countSchema, real: countSchema }),
      }),
    ),
    startedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Reconciliation' });
export type Reconciliation = z.output<typeof reconciliationSchema>;
export const reconciliationListSchema = z
  .object({ reconciliations: z.array(reconciliationSchema), next: nextSchema })
  .meta({ id: 'ReconciliationList' });
export type ReconciliationList = z.output<typeof reconciliationListSchema>;

export const mismatchQuerySchema = z.strictObject({
  source: sourceSchema.optional().describe('who was asked'),
  field: z.string().max(64).optional(),
  kind: kindSchema.optional(),
  after: z.coerce.number().int().nonnegative().default(0).describe('cursor'),
  limit: limitSchema,
});
const valueSchema = z.union([z.string(), z.number(), z.boolean()]).nullable();
export const mismatchListSchema = z
  .object({
    mismatches: z.array(
      z.object({
        no: z.int().positive(),
        symbol: symbolSchema,
        day: daySchema,
        ours: originSchema,
        theirs: sourceSchema,
        field: z.string(),
        ourValue: valueSchema,
        theirValue: valueSchema,
        kind: kindSchema,
        detail: z.string(),
      }),
    ),
    next: z.int().nullable(),
  })
  .meta({ id: 'MismatchList' });
export type MismatchList = z.output<typeof mismatchListSchema>;
