import { AMOUNT_UNITS, VOLUME_UNITS } from '@tapekeeper/core';
import { z } from 'zod';

/** What a file of rows is, in words that its head cannot say. */
export const importQuerySchema = z.strictObject({
  dataset: z.string().min(1).max(64).default('daily_bars').describe('data set that the rows are of'),
  volume: z.enum(VOLUME_UNITS).optional().describe('what volumes count, where the head does not tell'),
  amount: z
    .enum(AMOUNT_UNITS)
    .optional()
    .describe('what amounts are written in, where the head does not tell'),
  symbol: z
    .string()
    .min(1)
    .max(32)
    .optional()
    .describe('whose rows they are, of a file without a column of symbols'),
  replace: z.stringbool().default(false).describe('values of the file go before stored ones'),
  dryRun: z.stringbool().default(false).describe('nothing is written'),
});
export type ImportQuery = z.input<typeof importQuerySchema>;

/** The body of the upload, for the document: one part that is a file. */
export const importBodySchema = z.object({
  file: z.file().describe('CSV in UTF-8 or GBK, packed with gzip or not'),
});
