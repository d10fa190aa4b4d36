import { z } from 'zod';
import { filter, pageFields } from './fields.ts';

const count = z.int();

/** A run about a data set, as a line of a collection log. */
export const collectRowSchema = z
  .strictObject({
    id: z.int(),
    operation_type: z.string(),
    operation_desc: z.string(),
    affected_rows: count.nullable(),
    status: z.string(),
    error_message: z.string().nullable(),
    collect_source: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'StockQuoteCollectRow' });

/** What the collection of the watch list did for one stock. */
export const watchlistRowSchema = z
  .strictObject({
    id: z.int(),
    stock_code: z.string().nullable(),
    affected_rows: count.nullable(),
    status: z.string(),
    error_message: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'StockQuoteWatchlistRow' });

/** A line of the audit log. */
export const operationRowSchema = z
  .strictObject({
    id: z.int(),
    log_type: z.string(),
    log_message: z.string(),
    affected_count: count.nullable(),
    log_status: z.string(),
    error_info: z.string().nullable(),
    log_time: z.string(),
  })
  .meta({ id: 'StockQuoteOperationRow' });

export const logRowSchema = z.union([collectRowSchema, watchlistRowSchema, operationRowSchema]);

export const paginationSchema = z
  .strictObject({ page: z.int(), page_size: z.int(), total_count: count, total_pages: count })
  .meta({ id: 'StockQuotePagination' });

export const logQueryQuery = z.object({
  ...pageFields,
  status: filter(),
  operation_type: filter(),
  stock_code: filter(),
});

export const tableParams = z.object({
  table_key: z
    .string()
    .max(100)
    .describe('historical_collect, realtime_collect, operation or watchlist_history'),
});

export const tablesSchema = z
  .strictObject({
    tables: z.array(z.strictObject({ key: z.string(), display_name: z.string(), table_name: z.string() })),
  })
  .meta({ id: 'StockQuoteLogTables' });

export const overviewSchema = z
  .record(
    z.string(),
    z.strictObject({ table_name: z.string(), total_count: count, today_count: count, error_count: count }),
  )
  .meta({ id: 'StockQuoteLogOverview' });

export const logPageSchema = z
  .strictObject({
    table_key: z.string(),
    table_name: z.string(),
    data: z.array(logRowSchema),
    total: count,
    page: z.int(),
    pageSize: z.int(),
    pagination: paginationSchema,
  })
  .meta({ id: 'StockQuoteLogPage' });

export const statusCountSchema = z.strictObject({ status: z.string(), count });
export const dailyCountSchema = z
  .strictObject({ date: z.string(), total_count: count, success_count: count, error_count: count })
  .meta({ id: 'StockQuoteDailyCount' });

export const logStatsSchema = z
  .strictObject({
    table_key: z.string(),
    table_name: z.string(),
    period_days: z.int().nullable(),
    is_all_data: z.boolean(),
    status_stats: z.array(statusCountSchema),
    daily_stats: z.array(dailyCountSchema),
    operation_stats: z.array(z.strictObject({ operation_type: z.string(), count })),
  })
  .meta({ id: 'StockQuoteLogStats' });

export const recentSchema = z
  .strictObject({ table_key: z.string(), table_name: z.string(), data: z.array(logRowSchema) })
  .meta({ id: 'StockQuoteRecentLogs' });
