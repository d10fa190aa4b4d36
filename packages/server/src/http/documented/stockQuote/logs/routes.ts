import { addDays, AppError, may, shanghaiDay, shanghaiInstant, type Instant } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import type { AppDeps } from '../../../../app/deps.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import type { Telling } from './errorText.ts';
import { daysQuery, recentQuery, spanOf } from './fields.ts';
import { LOG_TABLES, type LogTable } from './logTables.ts';
import { pageOf } from './pagination.ts';
import {
  logPageSchema,
  logQueryQuery,
  logStatsSchema,
  overviewSchema,
  recentSchema,
  tableParams,
  tablesSchema,
} from './schemas.ts';

/** The log tables of the stock quote system: views of runs, of what they did for each stock, and of the audit log. */
export function logRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];

  app.get(
    '/api/admin/logs/tables',
    {
      schema: {
        operationId: 'stockQuoteLogTables',
        summary: 'The log tables',
        tags,
        response: documentedAnswers(200, tablesSchema),
      },
    },
    async () => ({
      tables: LOG_TABLES.map(({ key, displayName, tableName }) => ({
        key,
        display_name: displayName,
        table_name: tableName,
      })),
    }),
  );

  app.get(
    '/api/admin/logs/stats',
    {
      schema: {
        operationId: 'stockQuoteLogOverview',
        summary: 'How many lines each log table has, of today and failed ones among them',
        tags,
        response: documentedAnswers(200, overviewSchema),
      },
    },
    async () => {
      const today = shanghaiInstant(shanghaiDay(await deps.store.now()), 0);
      const told = await Promise.all(
        LOG_TABLES.map(async (table) => {
          const { total, today: ofToday, failed } = await table.totals(deps, today);
          const counts = { total_count: total, today_count: ofToday, error_count: failed };
          return [table.key, { table_name: table.displayName, ...counts }] as const;
        }),
      );
      return Object.fromEntries(told);
    },
  );

  app.get(
    '/api/admin/logs/query/:table_key',
    {
      schema: {
        operationId: 'stockQuoteLogQuery',
        summary: 'Lines of a log table, newest first, by page',
        tags,
        params: tableParams,
        querystring: logQueryQuery,
        response: documentedAnswers(200, logPageSchema),
      },
    },
    async (request) => {
      const table = tableOf(request, request.params.table_key);
      const { page, page_size: size, status, operation_type, stock_code, ...days } = request.query;
      const wish = { page, size, status, operationType: operation_type, stockCode: stock_code };
      const found = await table.query(deps, { ...wish, ...spanOf(days) }, tellingOf(deps, request));
      return {
        table_key: table.key,
        table_name: table.displayName,
        data: found.rows,
        total: found.total,
        page,
        pageSize: size,
        pagination: pageOf({ page, size }, found.total),
      };
    },
  );

  app.get(
    '/api/admin/logs/stats/:table_key',
    {
      schema: {
        operationId: 'stockQuoteLogStats',
        summary: 'Lines of a log table by status, day and kind',
        tags,
        params: tableParams,
        querystring: daysQuery,
        response: documentedAnswers(200, logStatsSchema),
      },
    },
    async (request) => {
      const table = tableOf(request, request.params.table_key);
      const { days } = request.query;
      const counted = await table.counts(deps, await sinceDays(deps, days));
      return {
        table_key: table.key,
        table_name: table.displayName,
        period_days: days ?? null,
        is_all_data: days === undefined,
        status_stats: counted.statuses,
        daily_stats: counted.days,
        operation_stats: counted.operations,
      };
    },
  );

  app.get(
    '/api/admin/logs/recent/:table_key',
    {
      schema: {
        operationId: 'stockQuoteRecentLogs',
        summary: 'The newest lines of a log table',
        tags,
        params: tableParams,
        querystring: recentQuery,
        response: documentedAnswers(200, recentSchema),
      },
    },
    async (request) => {
      const table = tableOf(request, request.params.table_key);
      const rows = await table.recent(deps, request.query.limit, tellingOf(deps, request));
      return { table_key: table.key, table_name: table.displayName, data: rows };
    },
  );
}

/** The table of a key, where whoever asks may read it. */
function tableOf({ identity }: FastifyRequest, key: string): LogTable {
  const table = LOG_TABLES.find((one) => one.key === key);
  if (table === undefined) throw new DocumentedRefusal('not_found', 404, '日志表不存在');
  const { need } = table;
  if (need !== undefined && !may(identity, need))
    throw new AppError('forbidden', { who: identity.name, need });
  return table;
}

function tellingOf({ tasks }: AppDeps, { identity }: FastifyRequest): Telling {
  return { whole: may(identity, 'operate'), mask: tasks.mask };
}

/** The beginning of the last so many days in Shanghai, today among them; null for all time. */
export async function sinceDays(deps: AppDeps, days: number | undefined): Promise<Instant | null> {
  if (days === undefined) return null;
  return shanghaiInstant(addDays(shanghaiDay(await deps.store.now()), 1 - days), 0);
}
