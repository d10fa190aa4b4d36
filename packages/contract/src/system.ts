import { z } from 'zod';
import { instantSchema, sourceSchema } from './primitives.ts';

/** The process answers; says nothing of the database. */
export const aliveSchema = z
  .object({
    alive: z.literal(true),
    startedAt: instantSchema.describe('tells one start of a server from the next'),
  })
  .meta({ id: 'Alive' });
export type Alive = z.output<typeof aliveSchema>;

export const readySchema = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Ready' });
export type Ready = z.output<typeof readySchema>;

export const statusSchema = z
  .object({
    version: z.string(),
    mode: z.enum(['live', 'replay']),
    marketDay: z.string().describe('the day that counts as today for the market'),
    sources: z.array(
      z.object({
        source: sourceSchema,
        position: z.int(),
        datasets: z.array(z.string()),
        refused: z.array(z.string()),
      }),
    ),
    databaseBytes: z.int(),
    freeMegabytes: z.int().nullable(),
  })
  .meta({ id: 'Status' });
export type Status = z.output<typeof statusSchema>;
