import { z } from 'zod';
import { countSchema, datasetSchema, instantSchema, sourceSchema } from './primitives.ts';

export const hostSchema = z
  .object({
    host: z.string(),
    state: z.enum(['up', 'degraded', 'open']).describe('open: nobody is asked until the time given'),
    failures: countSchema.describe('failures in a row'),
    openUntil: instantSchema.nullable(),
    reason: z.string().nullable(),
    budgets: z.array(
      z.object({
        api: z.string().describe('interface, * for all of the host'),
        windowSeconds: countSchema,
        capacity: countSchema,
        left: countSchema.describe('calls that may be made now'),
        origin: z.enum(['configured', 'learned']),
      }),
    ),
  })
  .meta({ id: 'Host' });

export const sourceCapabilitySchema = z.object({
  dataset: datasetSchema,
  api: z.string().describe("the source's own name of the interface"),
  shapes: z.array(z.enum(['day', 'symbol', 'all'])),
  exchanges: z.array(z.string()),
  right: z.enum(['allowed', 'refused', 'unknown']).describe('allowed: answered at least once'),
  detail: z.string().nullable().describe('what the source said when it refused'),
  perMinute: countSchema.nullable().describe('lowest ceiling that counts its calls, learned ones among them'),
  perHour: countSchema.nullable(),
  perDay: countSchema.nullable(),
});

export const sourceOverviewSchema = z
  .object({
    source: sourceSchema,
    position: countSchema.describe('place in the order of asking, from 1'),
    state: z.enum(['up', 'degraded', 'open', 'off']),
    singleConnection: z.boolean(),
    capabilities: z.array(sourceCapabilitySchema),
    hosts: z.array(hostSchema),
  })
  .meta({ id: 'Source' });

export const sourcesSchema = z.object({ sources: z.array(sourceOverviewSchema) }).meta({ id: 'Sources' });
export type Sources = z.output<typeof sourcesSchema>;

export const sourceParamsSchema = z.strictObject({ source: z.string().max(32) });

export const sourceTestSchema = z
  .object({
    source: sourceSchema,
    ok: z.boolean(),
    dataset: datasetSchema,
    api: z.string(),
    ms: z.number().nonnegative().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'SourceTest' });
export type SourceTest = z.output<typeof sourceTestSchema>;

export const hostParamsSchema = z.strictObject({ host: z.string().min(1).max(255) });

export const forgottenSchema = z
  .object({ host: z.string(), forgotten: countSchema.describe('learned ceilings that were there') })
  .meta({ id: 'Forgotten' });
export type Forgotten = z.output<typeof forgottenSchema>;

export const recommendationsSchema = z
  .object({
    datasets: z.array(
      z.object({
        dataset: datasetSchema,
        primary: sourceSchema.nullable(),
        fallbacks: z.array(sourceSchema),
        warnings: z.array(
          z.object({
            code: z.enum(['no_source', 'no_right', 'breaker_open', 'no_fallback', 'not_all_exchanges']),
            source: sourceSchema.nullable(),
            detail: z.string(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Recommendations' });
export type Recommendations = z.output<typeof recommendationsSchema>;

export const prioritiesSchema = z
  .object({
    datasets: z.array(
      z.object({
        dataset: datasetSchema,
        sources: z.array(sourceSchema),
        from: z.enum(['dataset', 'all', 'settings']).describe('who says so'),
      }),
    ),
  })
  .meta({ id: 'Priorities' });
export type Priorities = z.output<typeof prioritiesSchema>;

export const priorityParamsSchema = z.strictObject({
  dataset: z.string().max(64).describe('a data set, or * for all without an order of their own'),
});

export const newPrioritySchema = z
  .strictObject({ sources: z.array(z.string().max(32)).min(1).max(8) })
  .meta({ id: 'NewPriority' });
