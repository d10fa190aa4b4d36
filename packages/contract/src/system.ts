import { z } from 'zod';
import { sourceSchema } from './primitives.ts';

export const readySchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});
export type Ready = z.output<typeof readySchema>;

export const statusSchema = z.object({
  version: z.string(),
  mode: z.enum(['live', 'replay']),
  marketDay: z.string().describe('the day that counts as today for the market'),
  sources: z.array(z.object({ source: sourceSchema, position: z.int(), datasets: z.array(z.string()), refused: z.array(z.string()) })),
  databaseBytes: z.int(),
  freeMegabytes: z.int().nullable(),
});
export type Status = z.output<typeof statusSchema>;
