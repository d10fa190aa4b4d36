import { revisionListSchema, revisionQuerySchema } from '@tapekeeper/contract';
import { AppError, DATASETS } from '@tapekeeper/core';
import { readDataset, readDay } from '../../../app/requestSync.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { pageOf, presentRevision } from './present.ts';

export function revisionRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/revisions',
    {
      schema: {
        operationId: 'listRevisions',
        summary: 'Corrected rows: what they were, what they are, when it was believed; newest first',
        tags: ['coverage'],
        querystring: revisionQuerySchema,
        response: answers(200, revisionListSchema),
      },
    },
    async ({ query: { symbol, day, since, until, before, limit, ...query } }) => {
      const dataset = readDataset(query.dataset);
      const { derivedFrom } = DATASETS[dataset];
      if (derivedFrom !== undefined) {
        throw new AppError('bad_request', {
          problem: `${dataset} is computed; corrections are those of ${derivedFrom}.`,
        });
      }
      const found = await deps.store.revisions({
        dataset,
        symbol: symbol?.toUpperCase() ?? null,
        day: day === undefined ? null : readDay(day),
        since: since === undefined ? null : Date.parse(since),
        until: until === undefined ? null : Date.parse(until),
        before: before ?? null,
        limit: limit + 1,
      });
      const { page, next } = pageOf(found, limit);
      return { revisions: page.map((entry) => presentRevision(dataset, entry)), next };
    },
  );
}
