import { z } from 'zod';
import { instantSchema } from './primitives.ts';

export const LOG_STREAMS = ['out', 'err', 'info', 'warn', 'error'] as const;

export const runLogQuerySchema = z.strictObject({
  after: z.coerce.number().int().nonnegative().optional().describe('cursor: only lines behind this one'),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
  tail: z.coerce
    .number()
    .int()
    .min(1)
    .max(5000)
    .optional()
    .describe('so many of the last lines, instead of a page'),
});

export const logLineSchema = z.object({
  no: z.int().nonnegative().describe('grows from line to line, with gaps'),
  at: instantSchema,
  stream: z.enum(LOG_STREAMS).describe('out and err of a program; the others are said of it'),
  line: z.string(),
});
export type LogLine = z.output<typeof logLineSchema>;

export const runLogSchema = z
  .object({
    lines: z.array(logLineSchema).describe('oldest first'),
    next: z.int().nonnegative().describe('cursor: `after` of the lines that come next'),
    ended: z.boolean().describe('whether no line can follow, since the run has ended and all were read'),
  })
  .meta({ id: 'RunLog' });
export type RunLog = z.output<typeof runLogSchema>;
