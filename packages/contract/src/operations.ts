import { OBJECT_KINDS, OPERATION_RESULTS, PROOFS } from '@tapekeeper/core';
import { z } from 'zod';
import { countSchema, daySchema, instantSchema } from './primitives.ts';

const idSchema = z.int().positive();
const resultSchema = z
  .enum(OPERATION_RESULTS)
  .describe("`refused` by the client's fault, `failed` by ours, `unknown` where the process died over it");

export const operationSchema = z
  .object({
    id: idSchema,
    at: instantSchema,
    action: z
      .string()
      .describe('operation of this interface, or what the program decided by itself (`auto…`)'),
    actor: z.string().describe('name of the user, `installation`, or `system`'),
    userId: z.int().nullable(),
    proof: z.enum([...PROOFS, 'system']).describe('how whoever did it had shown who they are'),
    object: z.object({
      kind: z.enum(OBJECT_KINDS).nullable(),
      id: z.string().nullable(),
      before: z.unknown().describe('what it was; null where that is not kept'),
      after: z.unknown().describe('what it became'),
    }),
    result: resultSchema,
    status: z.int().nullable().describe('status of the answer; null where nobody asked'),
    errorCode: z.string().nullable(),
    durationMs: countSchema.nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'Operation' });
export type OperationLine = z.output<typeof operationSchema>;

const listOf = (what: string) => z.string().max(1000).optional().describe(`${what}; several with commas`);

/** What an operation has to be, by every view of the log. */
const conditions = {
  actor: z.string().max(200).optional().describe('who did it, exactly'),
  action: listOf('operation of this interface, or automatic action'),
  object: z.enum(OBJECT_KINDS).optional().describe('kind of what was changed'),
  objectId: z.string().max(200).optional().describe('number or name of what was changed'),
  result: listOf('`ok`, `refused`, `failed`, `unknown`'),
  text: z.string().max(100).optional().describe('part of the actor, the action, the object or the error'),
  from: instantSchema.optional().describe('not before'),
  to: instantSchema.optional().describe('before'),
};

export const operationListQuerySchema = z.strictObject({
  ...conditions,
  before: z.coerce.number().int().positive().optional().describe('cursor: only operations with a smaller id'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const operationListSchema = z
  .object({
    operations: z.array(operationSchema),
    next: idSchema
      .nullable()
      .describe(
        'cursor of the next page; a search looks at so many lines at a time, so that a page may be short',
      ),
  })
  .meta({ id: 'OperationList' });
export type OperationList = z.output<typeof operationListSchema>;

export const operationParamsSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export const operationStatisticsQuerySchema = z
  .strictObject(conditions)
  .describe('the last 30 days where nothing is said, a year at most');

const countedSchema = { count: countSchema, bad: countSchema.describe('refused and failed ones among them') };

export const operationStatisticsSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    total: countSchema,
    isWhole: z.boolean().describe('false where only the newest lines of the time were counted'),
    byResult: z.partialRecord(z.enum(OPERATION_RESULTS), countSchema),
    byAction: z.array(z.object({ action: z.string(), ...countedSchema })).describe('the most frequent first'),
    byActor: z.array(z.object({ actor: z.string(), ...countedSchema })).describe('the most frequent first'),
    byDay: z.array(z.object({ day: daySchema, ...countedSchema })).describe('days in Shanghai, newest first'),
    byHour: z.array(countSchema).length(24).describe('hours of the day in Shanghai'),
    meanDurationMs: z.number().nullable(),
  })
  .meta({ id: 'OperationStatistics' });
export type OperationStatistics = z.output<typeof operationStatisticsSchema>;

export const operationExportQuerySchema = z.strictObject({
  ...conditions,
  lang: z.enum(['en', 'zh']).default('en').describe('language of the head'),
  bom: z
    .enum(['true', 'false'])
    .default('false')
    .describe('begin with a byte order mark, as some spreadsheets need'),
});
