import { z } from 'zod';
import { countOperationLog, operationLog, recentOperations } from '../../../../app/logTables/operationLog.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { documentedAnswers } from '../../system.ts';
import { countsOfOperations } from '../logs/counts.ts';
import { daysQuery, filter, pageFields, recentQuery, spanOf } from '../logs/fields.ts';
import { resultsOf } from '../logs/logTables.ts';
import { pageOf } from '../logs/pagination.ts';
import { presentOperation } from '../logs/present.ts';
import { sinceDays } from '../logs/routes.ts';
import {
  dailyCountSchema,
  operationRowSchema,
  paginationSchema,
  statusCountSchema,
} from '../logs/schemas.ts';

const TABLE_NAME = 'operation_logs';
const COLUMNS = ['id', 'log_type', 'log_message', 'affected_count', 'log_status', 'error_info', 'log_time'];

const rowsSchema = z.array(operationRowSchema);

const infoSchema = z
  .strictObject({
    table_name: z.string(),
    display_name: z.string(),
    columns: z.array(z.string()),
    description: z.string(),
  })
  .meta({ id: 'StockQuoteOperationInfo' });

const pageSchema = z
  .strictObject({ table_name: z.string(), data: rowsSchema, pagination: paginationSchema })
  .meta({ id: 'StockQuoteOperationPage' });

const statsSchema = z
  .strictObject({
    table_name: z.string(),
    period_days: z.int().nullable(),
    is_all_data: z.boolean(),
    status_stats: z.array(statusCountSchema),
    daily_stats: z.array(dailyCountSchema),
    log_type_stats: z.array(z.strictObject({ log_type: z.string(), count: z.int() })),
  })
  .meta({ id: 'StockQuoteOperationStats' });

const newestSchema = z
  .strictObject({ table_name: z.string(), data: rowsSchema })
  .meta({ id: 'StockQuoteRecentOperations' });

/** The audit log, as the stock quote system shows what its administrators do. */
export function operationLogRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];

  app.get(
    '/api/admin/operation-logs/info',
    {
      schema: {
        operationId: 'stockQuoteOperationInfo',
        summary: 'What the operation log is',
        tags,
        response: documentedAnswers(200, infoSchema),
      },
    },
    async () => ({
      table_name: TABLE_NAME,
      display_name: '系统操作日志',
      columns: [...COLUMNS],
      description: '记录系统中所有的变更操作及其结果，包括被拒绝的操作',
    }),
  );

  app.get(
    '/api/admin/operation-logs/query',
    {
      schema: {
        operationId: 'stockQuoteOperationQuery',
        summary: 'Lines of the operation log, newest first, by page',
        tags,
        querystring: z.object({ ...pageFields, log_status: filter(), log_type: filter() }),
        response: documentedAnswers(200, pageSchema),
      },
    },
    async ({ query: { page, page_size: size, log_status, log_type, ...days } }) => {
      const results = resultsOf(log_status);
      const wish = { page, size, ...spanOf(days), action: log_type ?? null };
      const { operations, total } =
        results === undefined ? { operations: [], total: 0 } : await operationLog(deps, { ...wish, results });
      return {
        table_name: TABLE_NAME,
        data: operations.map(presentOperation),
        pagination: pageOf(wish, total),
      };
    },
  );

  app.get(
    '/api/admin/operation-logs/stats',
    {
      schema: {
        operationId: 'stockQuoteOperationStats',
        summary: 'Lines of the operation log by result, day and kind',
        tags,
        querystring: daysQuery,
        response: documentedAnswers(200, statsSchema),
      },
    },
    async ({ query: { days } }) => {
      const counted = countsOfOperations(await countOperationLog(deps, await sinceDays(deps, days)));
      return {
        table_name: TABLE_NAME,
        period_days: days ?? null,
        is_all_data: days === undefined,
        status_stats: counted.statuses,
        daily_stats: counted.days,
        log_type_stats: counted.operations.map(({ operation_type, count }) => ({
          log_type: operation_type,
          count,
        })),
      };
    },
  );

  app.get(
    '/api/admin/operation-logs/recent',
    {
      schema: {
        operationId: 'stockQuoteRecentOperations',
        summary: 'The newest lines of the operation log',
        tags,
        querystring: recentQuery,
        response: documentedAnswers(200, newestSchema),
      },
    },
    async ({ query: { limit } }) => ({
      table_name: TABLE_NAME,
      data: (await recentOperations(deps, limit)).map(presentOperation),
    }),
  );
}
