import { z } from 'zod';
import { datasetSchema, daySchema, sourceSchema } from './primitives.ts';

const wordsSchema = z.object({ en: z.string(), zh: z.string() });

/** What a data set is, as the catalogue of the program has it. */
export const catalogueEntrySchema = z
  .object({
    dataset: datasetSchema,
    title: wordsSchema,
    kind: z
      .enum(['grid', 'calendar', 'snapshot', 'intraday', 'period', 'stream'])
      .describe('how its completeness is judged'),
    cells: z
      .object({ universe: z.enum(['stocks', 'indices']), scale: z.enum(['trading_days', 'quarters']) })
      .nullable()
      .describe('null where it is not judged by symbol and day, and so has no gaps'),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['text', 'day', 'instant', 'double', 'bigint', 'boolean', 'json']),
        unit: z.string().describe('empty for names and days'),
        decimals: z.int().nullable().describe('that carry meaning'),
        nullable: z.boolean(),
        about: z.string(),
      }),
    ),
    key: z.array(z.string()).describe('columns that tell its rows apart'),
    firstDay: daySchema.describe('first day that any source has'),
    finality: z
      .object({
        finalFromMinutes: z.int().describe('minutes after midnight in Shanghai from which a day is final'),
        settleDays: z.int().describe('days after which a correction is no longer expected'),
        due: z.enum(['same_day', 'disclosure']),
      })
      .describe('when the rows of a day can be complete'),
    requires: z.array(z.object({ dataset: datasetSchema, maxAgeDays: z.int() })),
    derivedFrom: datasetSchema.nullable().describe('computed from it when read, and never collected'),
    sources: z.array(sourceSchema).describe('that can give it, in the order of asking'),
    links: z.object({ data: z.string(), coverage: z.string().nullable(), gaps: z.string().nullable() }),
  })
  .meta({ id: 'CatalogueEntry' });
export type CatalogueEntry = z.output<typeof catalogueEntrySchema>;

export const catalogueSchema = z
  .object({ datasets: z.array(catalogueEntrySchema) })
  .meta({ id: 'Catalogue' });
export type Catalogue = z.output<typeof catalogueSchema>;

export const catalogueParamsSchema = z.strictObject({
  dataset: z.string().max(64).describe('name of a data set'),
});
