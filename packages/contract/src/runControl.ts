import { z } from 'zod';
import { countSchema, instantSchema, runIdSchema } from './primitives.ts';

const authorSchema = z
  .string()
  .max(200)
  .optional()
  .describe('who does it; kept. Only the installation itself may name another than who asks');
const reasonSchema = z.string().max(2000).describe('why; kept');

export const cancelRunSchema = z
  .strictObject({
    author: authorSchema,
    reason: reasonSchema.default(''),
    force: z.boolean().default(false).describe('fence the work off instead of waiting until it has stopped'),
  })
  .meta({ id: 'CancelRun' });
export type CancelRunBody = z.input<typeof cancelRunSchema>;

export const failRunSchema = z
  .strictObject({ author: authorSchema, reason: reasonSchema })
  .meta({ id: 'FailRun' });
export type FailRunBody = z.input<typeof failRunSchema>;

/** Who pauses, resumes or retries a run. */
export const runStepSchema = z.strictObject({ author: authorSchema }).meta({ id: 'RunStep' });
export type RunStepBody = z.input<typeof runStepSchema>;

export const deletedRunSchema = z
  .object({ deleted: runIdSchema })
  .meta({ id: 'DeletedRun', description: 'the record is gone; the rows that the run collected stay' });
export type DeletedRun = z.output<typeof deletedRunSchema>;

export const attemptsQuerySchema = z.strictObject({
  failed: z.enum(['true', 'false']).default('false').describe('only tries of items that failed'),
  before: instantSchema.optional().describe('cursor: only tries of items that ended before'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

const errorSchema = z.object({ code: z.string(), message: z.string().nullable() }).nullable();

export const attemptsSchema = z
  .object({
    run: z
      .array(
        z.object({
          no: countSchema,
          worker: countSchema.nullable(),
          startedAt: instantSchema,
          endedAt: instantSchema.nullable().describe('null while it goes on'),
          error: errorSchema,
        }),
      )
      .describe('attempts of the run as a whole, in their order'),
    items: z
      .array(
        z.object({
          item: countSchema,
          no: countSchema,
          source: z.string(),
          worker: countSchema,
          startedAt: instantSchema,
          endedAt: instantSchema,
          calls: countSchema,
          rows: countSchema,
          error: errorSchema,
        }),
      )
      .describe('tries of its items, newest first'),
    next: instantSchema.nullable().describe('cursor of the next page'),
  })
  .meta({ id: 'RunAttempts' });
export type RunAttempts = z.output<typeof attemptsSchema>;
