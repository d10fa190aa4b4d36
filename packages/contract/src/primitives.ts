import {
  DATASET_IDS,
  JOB_TYPES,
  ORIGINS,
  RUN_MACHINE,
  SOURCES,
  SYMBOL_OUTCOMES,
  type DatasetId,
  type RunState,
} from '@tapekeeper/core';
import { z } from 'zod';

export const daySchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('a day, 2024-01-31');
/** Instants travel as ISO 8601 texts in UTC. */
export const instantSchema = z.iso.datetime().describe('an instant, ISO 8601 in UTC');
export const runIdSchema = z.int().positive().describe('number of a run');
export const datasetSchema = z
  .enum(DATASET_IDS as readonly [DatasetId, ...DatasetId[]])
  .describe('name of a data set');
export const sourceSchema = z.enum(SOURCES).describe('name of a source');
export const originSchema = z
  .enum(ORIGINS)
  .describe('where rows come from: a source, or a file that was brought');
export const symbolSchema = z
  .string()
  .regex(/^\d{6}\.(SH|SZ|BJ)$/)
  .describe('canonical symbol, 600000.SH');
export const runStateSchema = z
  .enum(Object.keys(RUN_MACHINE.next) as [RunState, ...RunState[]])
  .describe('state of a run');
export const jobTypeSchema = z.enum(JOB_TYPES).describe('what a job or run does');
export const outcomeSchema = z.enum(SYMBOL_OUTCOMES).describe('what a run did for one symbol');
export const countSchema = z.int().nonnegative();
export const outcomeCountsSchema = z.partialRecord(outcomeSchema, countSchema);

/** RFC 9457 problem; `code` is one of the error registry. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what is wrong and what to do, in English'),
    detailZh: z.string().describe('the same in Chinese'),
    code: z.string().describe('code of the error registry'),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'problem details, RFC 9457' });
export type Problem = z.output<typeof problemSchema>;
