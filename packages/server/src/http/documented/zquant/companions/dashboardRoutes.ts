import { z } from 'zod';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { documentedAnswers } from '../../system.ts';
import { withToken } from '../route.ts';
import { latestData, localDataStats, syncStatus, taskStats } from './dashboard.ts';
import { dataLogSchema, tableStatisticsSchema } from './dataSchema.ts';

const syncStatusSchema = z.strictObject({
  tushare_connection_status: z.boolean(),
  is_trading_day: z.boolean(),
  latest_trade_date_from_api: z.string().nullable(),
  today_data_ready: z.boolean(),
  latest_trade_date_in_db: z.string().nullable(),
});
const taskStatsSchema = z.strictObject({
  total_tasks: z.int(),
  running_tasks: z.int(),
  completed_tasks: z.int(),
  pending_tasks: z.int(),
  failed_tasks: z.int(),
});
const latestDataSchema = z.strictObject({
  latest_operation_logs: z.array(dataLogSchema),
  latest_table_statistics: z.array(tableStatisticsSchema),
});
const localDataSchema = z.strictObject({
  total_tables: z.int(),
  success_operations: z.int(),
  failed_operations: z.int(),
  total_insert_count: z.int(),
  total_update_count: z.int(),
  split_tables_count: z.int(),
  total_records_sum: z.int(),
  daily_records_sum: z.int(),
});

/** The cards of the first page of the platform. */
export function zquantDashboardRoutes(app: HttpApp, { deps }: HttpContext): void {
  const at = '/api/v1/dashboard';
  app.post(
    `${at}/sync-status`,
    {
      schema: {
        ...withToken('zquantGetSyncStatus', 'Whether the source answers, and how new the bars are'),
        response: documentedAnswers(200, syncStatusSchema),
      },
    },
    () => syncStatus(deps),
  );
  app.post(
    `${at}/task-stats`,
    {
      schema: {
        ...withToken('zquantGetTaskStats', 'What became of the runs of today'),
        response: documentedAnswers(200, taskStatsSchema),
      },
    },
    () => taskStats(deps),
  );
  app.post(
    `${at}/latest-data`,
    {
      schema: {
        ...withToken(
          'zquantGetLatestData',
          'The newest line of the log and the newest figures of each table',
        ),
        response: documentedAnswers(200, latestDataSchema),
      },
    },
    () => latestData(deps),
  );
  app.post(
    `${at}/local-data-stats`,
    {
      schema: {
        ...withToken('zquantGetLocalDataStats', 'What the log and the figures sum up to'),
        response: documentedAnswers(200, localDataSchema),
      },
    },
    () => localDataStats(deps),
  );
}
