import { z } from 'zod';
import { countSchema, datasetSchema, daySchema, symbolSchema } from './primitives.ts';

export const gapsQuerySchema = z.strictObject({
  dataset: z.string().max(64).describe('a data set that is judged cell by cell'),
  from: z.string().max(32).optional().describe('default: the first covered day'),
  to: z.string().max(32).optional().describe('default, and at most: the last final day'),
  symbols: z.string().max(20_000).optional().describe('symbols with commas; default: all listed'),
  after: z.coerce.number().int().nonnegative().default(0).describe('cursor'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** What is missing, symbol by symbol: a repair of the same data set and days asks for just this. */
export const gapsSchema = z
  .object({
    dataset: datasetSchema,
    from: daySchema.nullable().describe('null where nothing is covered and no days were asked for'),
    to: daySchema.nullable(),
    cells: countSchema.describe('missing cells of all pages'),
    symbols: countSchema.describe('symbols with gaps of all pages'),
    gaps: z.array(
      z.object({
        symbol: symbolSchema,
        cells: countSchema,
        ranges: z
          .array(z.object({ from: daySchema, to: daySchema }))
          .describe('of missing days, oldest first; closed days between them do not part them'),
        rangesLeftOut: countSchema.describe('ranges of the symbol beyond those shown'),
      }),
    ),
    next: z.int().nullable().describe('cursor of the next page'),
  })
  .meta({ id: 'Gaps' });
export type GapsPage = z.output<typeof gapsSchema>;
