import { DAY_MS } from '@tapekeeper/core';
import { z } from 'zod';
import type { LogCount } from '../../../../ports/logPageStore.ts';
import { noteOperation } from '../../../audit.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { flag, text, whole } from '../../fields.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { told, toldSchema } from '../envelope.ts';
import { requireShallow } from '../pageDepth.ts';
import { TELLING, typeOf } from './actionTypes.ts';
import { csvOf } from './csv.ts';
import { logSchema, newLogSchema, presentLine, presentOperation, presentSync, type Log } from './present.ts';
import { readFilter, SYNCS } from './readFilter.ts';

const MOST_PAGES = 100_000;
/** Lines of one export, the newest ones. */
const MOST_EXPORTED = 10_000;

const filterShape = {
  start_date: text(40).optional(),
  end_date: text(40).optional(),
  action_type: text(50).optional(),
  success: flag().optional(),
  keyword: text(100).optional(),
};

const pageSchema = z.strictObject({
  logs: z.array(logSchema),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  total_pages: z.int(),
});

const statsSchema = z.strictObject({
  total_logs: z.int(),
  success_logs: z.int(),
  failed_logs: z.int(),
  /** Percent, two decimals. */
  success_rate: z.number(),
  action_type_distribution: z.record(z.string(), z.int()),
  hourly_distribution: z.array(z.strictObject({ hour: z.string(), count: z.int() })),
});

/** The audit log, with the syncs of the stock list in it, as the documented operation log. */
export function systemLogRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];
  app.get(
    '/api/system/logs/list',
    {
      schema: {
        operationId: 'tradingAgentsListLogs',
        summary: 'Who has done what, and the syncs of the stock list, newest first',
        tags,
        querystring: z.object({
          page: whole(1, MOST_PAGES).default(1),
          page_size: whole(1, 100).default(20),
          ...filterShape,
        }),
        response: documentedAnswers(200, toldSchema(pageSchema)),
      },
    },
    async ({ query: { page, page_size: size, ...written } }) => {
      requireShallow(page, size);
      const { lines, total } = await deps.store.logPage(readFilter(written), {
        skip: (page - 1) * size,
        limit: size,
      });
      const logs = await Promise.all(lines.map((line) => presentLine(deps, line)));
      const shown = { logs, total, page, page_size: size, total_pages: Math.ceil(total / size) };
      return told(shown, '获取操作日志列表成功');
    },
  );

  app.get(
    '/api/system/logs/stats',
    {
      schema: {
        operationId: 'tradingAgentsLogStats',
        summary: 'How many lines the log has of the last days, by sort and hour',
        tags,
        querystring: z.object({ days: whole(1, 365).default(30) }),
        response: documentedAnswers(200, toldSchema(statsSchema)),
      },
    },
    async ({ query: { days } }) => {
      const since = (await deps.store.now()) - days * DAY_MS;
      const counts = await deps.store.logCounts(since, { runs: SYNCS, telling: TELLING });
      return told(statsOf(counts), '获取操作日志统计成功');
    },
  );

  app.get(
    '/api/system/logs/export/csv',
    {
      // it would read the lines to say nothing of them
      exposeHeadRoute: false,
      schema: {
        operationId: 'tradingAgentsExportLogs',
        summary: `The newest ${MOST_EXPORTED} lines of a filter as CSV`,
        tags,
        querystring: z.object(filterShape),
        response: {
          ...documentedAnswers(200, z.string()),
          200: { description: 'CSV in UTF-8', content: { 'text/csv': { schema: z.string() } } },
        },
      },
    },
    async ({ query }, reply) => {
      const { lines } = await deps.store.logPage(readFilter(query), { skip: 0, limit: MOST_EXPORTED });
      const logs: Log[] = [];
      for (const line of lines) logs.push(await presentLine(deps, line));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename=operation_logs.csv')
        .send(csvOf(logs));
    },
  );

  app.get(
    '/api/system/logs/:log_id',
    {
      schema: {
        operationId: 'tradingAgentsGetLog',
        summary: 'One line of the log',
        tags,
        params: z.object({ log_id: text(40) }),
        response: documentedAnswers(200, toldSchema(logSchema)),
      },
    },
    async ({ params }) => {
      const log = await findLog(params.log_id);
      if (log === undefined) throw new DocumentedRefusal('unknown_operation', 404, '操作日志不存在');
      return told(log, '获取操作日志详情成功');
    },
  );

  app.post(
    '/api/system/logs/clear',
    {
      schema: {
        operationId: 'tradingAgentsClearLogs',
        summary: 'Clears nothing: what has been done stays written down',
        tags,
        security: NEEDS_TOKEN,
        body: z.object({ days: whole(0, 100_000).nullish(), action_type: text(50).nullish() }).nullish(),
        response: documentedAnswers(
          200,
          toldSchema(z.strictObject({ deleted_count: z.int(), filter: z.record(z.string(), z.unknown()) })),
        ),
      },
    },
    async ({ body }) =>
      told({ deleted_count: 0, filter: { ...body } }, '操作日志是审计记录，不可清除；已删除 0 条'),
  );

  app.post(
    '/api/system/logs/create',
    {
      schema: {
        operationId: 'tradingAgentsCreateLog',
        summary: 'Add a line to the log, under the name of whoever asks',
        tags,
        security: NEEDS_TOKEN,
        body: newLogSchema,
        response: documentedAnswers(200, toldSchema(z.strictObject({ log_id: z.string() }))),
      },
    },
    async (request) => {
      const { userId } = request.identity;
      noteOperation(request, { id: userId === null ? null : String(userId), after: request.body });
      return told({ log_id: String(request.operation?.id ?? '') }, '创建操作日志成功');
    },
  );

  async function findLog(id: string): Promise<Log | undefined> {
    const [, ofRun, number] = /^(run-)?([1-9]\d{0,14})$/.exec(id) ?? [];
    if (number === undefined) return undefined;
    if (ofRun === undefined) {
      const operation = await deps.store.operation(Number(number));
      return operation && presentOperation(operation);
    }
    const run = await deps.store.run(Number(number));
    const isShown = run?.dataset === SYNCS.dataset && SYNCS.states.includes(run.state);
    return run !== undefined && isShown ? presentSync(deps, run) : undefined;
  }
}

function statsOf(counts: readonly LogCount[]): z.infer<typeof statsSchema> {
  const sum = (some: readonly LogCount[]): number => some.reduce((all, { count }) => all + count, 0);
  const total = sum(counts);
  const good = sum(counts.filter(({ ok }) => ok));
  const byType = Map.groupBy(counts, ({ action, objectKind, told: type }) =>
    action === null ? 'data_import' : typeOf({ action, kind: objectKind, told: type }),
  );
  return {
    total_logs: total,
    success_logs: good,
    failed_logs: total - good,
    success_rate: total === 0 ? 0 : Math.round((good / total) * 10_000) / 100,
    action_type_distribution: Object.fromEntries([...byType].map(([type, some]) => [type, sum(some)])),
    hourly_distribution: Array.from({ length: 24 }, (_, hour) => ({
      hour: `${String(hour).padStart(2, '0')}:00`,
      count: sum(counts.filter((one) => one.hour === hour)),
    })),
  };
}
