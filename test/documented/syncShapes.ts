import { z } from 'zod';

/** `2025-10-27T08:00:00.000000` */
export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/;

/** Exactly the keys of the document's example, and the three names of its text. */
export const statsShape = z.strictObject({
  job: z.string(),
  data_type: z.string(),
  status: z.string(),
  started_at: z.string().regex(TIME),
  finished_at: z.string().regex(TIME).nullable(),
  total: z.int(),
  inserted: z.int(),
  updated: z.int(),
  errors: z.int(),
  last_trade_date: z
    .string()
    .regex(/^\d{8}$/)
    .nullable(),
  data_sources_used: z.array(z.string().regex(/^(stock_list|daily_data):\w+$/)),
  source_stats: z.record(z.string(), z.strictObject({ total: z.int(), success: z.int() })),
  message: z.string().nullable(),
  total_tasks: z.int(),
  completed_tasks: z.int(),
  failed_tasks: z.int(),
});

const logShape = z.strictObject({
  id: z.string(),
  user_id: z.string(),
  username: z.string(),
  action_type: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.unknown()).nullable(),
  success: z.boolean(),
  error_message: z.string().nullable(),
  duration_ms: z.int().nullable(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  session_id: z.string().nullable(),
  timestamp: z.string().regex(TIME),
  created_at: z.string().regex(TIME),
});

/** A page of the operation log. */
export const logPageShape = z.strictObject({
  logs: z.array(logShape),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  total_pages: z.int(),
});

export function toldShape(data: z.ZodType): z.ZodType {
  return z.strictObject({ success: z.boolean(), data, message: z.string() });
}
