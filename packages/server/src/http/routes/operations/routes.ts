import {
  operationExportQuerySchema,
  operationListQuerySchema,
  operationListSchema,
  operationParamsSchema,
  operationSchema,
  operationStatisticsQuerySchema,
  operationStatisticsSchema,
} from '@tapekeeper/contract';
import { AppError, isoInstant, toAppError } from '@tapekeeper/core';
import { z } from 'zod';
import { answers, PROBLEM_ANSWER } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { openCsv } from './exportCsv.ts';
import { presentOperation } from './present.ts';
import { readCounted, readFilter } from './readFilter.ts';

const TAGS = ['operations'];
const CSV = 'text/csv; charset=utf-8';

/** The audit log: who has changed what, when, from where, and how it ended. */
export function operationRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/operations',
    {
      schema: {
        operationId: 'listOperations',
        summary: 'What people and the program have changed, or were refused to, newest first',
        tags: TAGS,
        querystring: operationListQuerySchema,
        response: answers(200, operationListSchema),
      },
    },
    async ({ query: { before, limit, ...written } }) => {
      const page = await deps.store.operations({ ...readFilter(written), before: before ?? null, limit });
      return { operations: page.operations.map(presentOperation), next: page.next };
    },
  );

  app.get(
    '/v1/operations/statistics',
    {
      schema: {
        operationId: 'countOperations',
        summary: 'How many operations there were, by result, action, actor, day and hour',
        tags: TAGS,
        querystring: operationStatisticsQuerySchema,
        response: answers(200, operationStatisticsSchema),
      },
    },
    async ({ query }) => {
      const filter = readCounted(query, await deps.store.now());
      const counted = await deps.store.operationStatistics(filter);
      return {
        ...counted,
        from: isoInstant(filter.from),
        to: isoInstant(filter.until),
        byAction: [...counted.byAction],
        byActor: [...counted.byActor],
        byDay: [...counted.byDay],
        byHour: [...counted.byHour],
      };
    },
  );

  app.get(
    '/v1/operations/export.csv',
    {
      // it would read the whole log to say nothing of it
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportOperations',
        summary: 'The operations of a filter as CSV, newest first',
        tags: TAGS,
        querystring: operationExportQuerySchema,
        response: {
          200: {
            description: 'a line of names, then a line an operation',
            content: { 'text/csv': { schema: z.string() } },
          },
          ...PROBLEM_ANSWER,
        },
      },
    },
    async ({ id, query: { lang, bom, ...written } }, reply) => {
      const body = await openCsv(deps, readFilter(written), { language: lang, mark: bom === 'true' });
      body.on('error', (error) => {
        deps.log.warn({ requestId: id, err: toAppError(error) }, 'a download ended early');
      });
      return reply
        .type(CSV)
        .header('content-disposition', 'attachment; filename="operations.csv"')
        .send(body as unknown as string);
    },
  );

  app.get(
    '/v1/operations/:id',
    {
      schema: {
        operationId: 'getOperation',
        summary: 'One operation, with what its object was and became',
        tags: TAGS,
        params: operationParamsSchema,
        response: answers(200, operationSchema),
      },
    },
    async ({ params: { id } }) => {
      const operation = await deps.store.operation(id);
      if (operation === undefined) throw new AppError('unknown_operation', { id });
      return presentOperation(operation);
    },
  );
}
