import { z } from 'zod';
import { countSchema, instantSchema, sourceSchema } from './primitives.ts';
import { hostSchema } from './sources.ts';

export const budgetRuleSchema = z.strictObject({
  api: z.string().min(1).max(64).describe("the source's own name of an interface, * for all of the host"),
  windowSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .describe('86400 is the calendar day of Shanghai; shorter windows slide'),
  capacity: z.int().min(1).max(1_000_000).describe('calls in the window'),
});

/** A host of a source with everything that decides when it may be asked. */
export const hostViewSchema = hostSchema
  .extend({
    sources: z.array(sourceSchema).describe('that ask it'),
    rules: z.object({
      configured: z.array(budgetRuleSchema).describe('by the settings'),
      chosen: z.array(budgetRuleSchema).describe('by people; each stands in for the configured one'),
      version: countSchema.describe('of the choice; 0 where nobody has chosen yet'),
      author: z.string().nullable(),
      setAt: instantSchema.nullable(),
    }),
    latencies: z
      .array(z.object({ api: z.string(), meanMs: z.number().nonnegative(), calls: countSchema }))
      .describe('how long answered calls take'),
  })
  .meta({ id: 'HostView' });
export type HostView = z.output<typeof hostViewSchema>;

export const hostListSchema = z.object({ hosts: z.array(hostViewSchema) }).meta({ id: 'HostList' });
export type HostList = z.output<typeof hostListSchema>;

export const chooseBudgetsSchema = z
  .strictObject({
    version: countSchema.describe('the version that was seen; another one is a conflict'),
    rules: z
      .array(budgetRuleSchema)
      .max(100)
      .describe('in the place of all that were chosen; none: as the settings say'),
  })
  .meta({ id: 'BudgetChoice' });
export type ChooseBudgetsBody = z.input<typeof chooseBudgetsSchema>;
