import { z } from 'zod';
import { flag, text } from '../../fields.ts';

/** Codes of one task; there are not as many stocks. */
const MOST_CODES = 10_000;

const dayText = text(40).describe('a day as 2024-01-31, not one to come');
/** Technical indicators are for those who read the data: what is named here is taken and not used. */
const indicatorsSchema = z.array(text(40)).max(100).nullish();

export const historicalBodySchema = z
  .object({
    start_date: dayText,
    end_date: dayText,
    stock_codes: z.array(text(40)).max(MOST_CODES).nullish(),
    test_mode: flag().default(false),
    full_collection_mode: flag().default(false),
    market: text(10).default('CN'),
    force_update: flag().default(false),
    indicators: indicatorsSchema,
    sync_from_realtime: flag().default(false),
  })
  .meta({ id: 'StockQuoteHistoricalRequest' });

export const realtimeBodySchema = z
  .object({
    market: text(10).default('CN'),
    stock_code: text(40).nullish(),
    full_collection_mode: flag().default(false),
  })
  .meta({ id: 'StockQuoteRealtimeRequest' });

export const spanBodySchema = z
  .object({
    start_date: dayText,
    end_date: dayText,
    force_update: flag().default(false),
    indicators: indicatorsSchema,
  })
  .meta({ id: 'StockQuoteSpanRequest' });

export const taskParamsSchema = z.object({ task_id: text(64) });

export const stockListQuerySchema = z.object({ only_uncompleted: flag().default(false) });

const startedFields = { task_id: z.string(), status: z.literal('started'), message: z.string() };

/** Of tasks over days: all keys of the earlier form, and the market of the later one. */
export const spanStartedSchema = z
  .strictObject({
    ...startedFields,
    start_date: z.string(),
    end_date: z.string(),
    stock_codes: z.array(z.string()).nullable(),
    test_mode: z.boolean(),
    full_collection_mode: z.boolean(),
    market: z.string(),
  })
  .meta({ id: 'StockQuoteStarted' });

export const realtimeStartedSchema = z
  .strictObject({
    ...startedFields,
    market: z.string(),
    stock_code: z.string().nullable(),
    full_collection_mode: z.boolean(),
  })
  .meta({ id: 'StockQuoteRealtimeStarted' });

const TASK_STATUSES = ['running', 'completed', 'partial_success', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

const taskStatusSchema = z.enum(TASK_STATUSES);
const countSchema = z.int().min(0);

export const taskSchema = z
  .strictObject({
    task_id: z.string(),
    status: taskStatusSchema,
    progress: z.int().min(0).max(100),
    total_stocks: countSchema,
    processed_stocks: countSchema,
    success_count: countSchema,
    failed_count: countSchema,
    collected_count: countSchema,
    skipped_count: countSchema,
    start_time: z.string(),
    end_time: z.string().nullable(),
    error_message: z.string().nullable(),
    warning_message: z.string().nullable(),
    failed_details: z.array(z.string()),
  })
  .meta({ id: 'StockQuoteTask' });
export type Task = z.infer<typeof taskSchema>;

export const tasksSchema = z.array(taskSchema);

export const cancelledSchema = z
  .strictObject({ message: z.string(), task_id: z.string() })
  .meta({ id: 'StockQuoteCancelled' });

export const currentTaskSchema = z
  .strictObject({
    current_task: z
      .strictObject({ task_id: z.string(), status: taskStatusSchema, start_time: z.string() })
      .nullable(),
  })
  .meta({ id: 'StockQuoteCurrentTask' });

export const stockListSchema = z
  .strictObject({
    total: countSchema,
    stocks: z.array(
      z.strictObject({
        code: z.string(),
        name: z.string(),
        full_collection_completed: z.boolean(),
        full_collection_date: z.string().nullable(),
      }),
    ),
    only_uncompleted: z.boolean(),
  })
  .meta({ id: 'StockQuoteStockList' });
