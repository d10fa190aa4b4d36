import { z } from 'zod';
import { flag, text } from '../../fields.ts';

/** The file as forms send it, for the document. */
export const fileBodySchema = z.object({ file: z.file() });

export const fileQuerySchema = z.object({
  volume: z.enum(['shares', 'lots']).optional(),
  amount: z.enum(['cny', 'thousand']).optional(),
  force_update: flag().default(false),
});

export const fileSpanBodySchema = z
  .object({
    start_date: text(40),
    end_date: text(40),
    force_update: flag().default(false),
    indicators: z.array(text(40)).max(100).nullish(),
    file_type: text(20).default('csv'),
  })
  .meta({ id: 'StockQuoteFileRequest' });

export const fileStartedSchema = z
  .strictObject({
    task_id: z.string(),
    status: z.literal('started'),
    message: z.string(),
    filename: z.string(),
  })
  .meta({ id: 'StockQuoteFileStarted' });
