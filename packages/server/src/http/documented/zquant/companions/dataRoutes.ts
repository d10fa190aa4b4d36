import { COLLECTED_IDS, shanghaiDay } from '@tapekeeper/core';
import { z } from 'zod';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { text } from '../../fields.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { readTime } from '../executions/readTimes.ts';
import { withToken } from '../route.ts';
import { beginStarter } from './beginStarter.ts';
import { listDataLogs } from './dataLogs.ts';
import {
  dataLogSchema,
  dataLogWishSchema,
  statisticsTakenSchema,
  syncedSchema,
  tableStatisticsSchema,
  tableStatisticsWishSchema,
} from './dataSchema.ts';
import { listTableStatistics } from './tableStatistics.ts';

const pageOf = <Item extends z.ZodType>(item: Item) =>
  documentedAnswers(200, z.strictObject({ items: z.array(item), total: z.int() }));

/** What was done to the tables, how large they are, and two runs that pages of the platform begin. */
export function zquantDataRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.post(
    '/api/v1/data/operation-logs',
    {
      schema: {
        ...withToken('zquantListDataLogs', 'What runs have done to the tables'),
        body: dataLogWishSchema,
        response: pageOf(dataLogSchema),
      },
    },
    ({ body }) => listDataLogs(deps, body ?? {}),
  );

  app.post(
    '/api/v1/data/table-statistics',
    {
      schema: {
        ...withToken('zquantListTableStatistics', 'How large the tables were when they were last counted'),
        body: tableStatisticsWishSchema,
        response: pageOf(tableStatisticsSchema),
      },
    },
    ({ body }) => listTableStatistics(deps, body ?? {}),
  );

  app.post(
    '/api/v1/data/statistics-table-data',
    {
      schema: {
        ...withToken('zquantTakeStatistics', 'Begin to count the tables; figures are those of today'),
        body: z.object({ stat_date: text(40).nullish() }).nullish(),
        response: documentedAnswers(200, statisticsTakenSchema),
      },
    },
    async (request) => {
      const today = shanghaiDay(await deps.store.now());
      const wished = readTime('stat_date', request.body?.stat_date, 'begins');
      if (wished !== null && shanghaiDay(wished) !== today)
        throw new DocumentedRefusal('bad_request', 400, `只能统计当天（${today}）的数据表`);
      const run = await beginStarter(deps, 'sync_table_statistics', authorOf(request));
      noteOperation(request, { id: String(run), after: { runId: run } });
      return {
        success: true,
        message: '数据表统计已开始',
        stat_date: today,
        table_count: COLLECTED_IDS.length,
      };
    },
  );

  app.post(
    '/api/v1/data/sync',
    {
      schema: {
        ...withToken('zquantSyncData', 'Begin to collect the list of stocks and the calendar'),
        response: documentedAnswers(200, syncedSchema),
      },
    },
    async (request) => {
      const by = authorOf(request);
      const runIds = [
        await beginStarter(deps, 'sync_trading_calendar', by),
        await beginStarter(deps, 'sync_stock_list', by),
      ];
      noteOperation(request, { after: { runIds } });
      const [stocks, days] = await Promise.all([
        deps.store.estimatedRows('stock_basics'),
        deps.store.estimatedRows('trade_calendar'),
      ]);
      return { message: '数据同步已开始', stock_count: stocks, calendar_count: days };
    },
  );
}
