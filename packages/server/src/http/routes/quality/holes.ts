import {
  acceptedHoleSchema,
  authorQuerySchema,
  holeListQuerySchema,
  holeListSchema,
  holeReportSchema,
  idParamsSchema,
  newHoleSchema,
} from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { acceptHoles, revokeHole } from '../../../app/quality/acceptHoles.ts';
import { readDataset } from '../../../app/requestSync.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { pageOf, presentHole, presentHoleReport } from './present.ts';

const TAGS = ['coverage'];

export function holeRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/accepted-holes',
    {
      schema: {
        operationId: 'listAcceptedHoles',
        summary: 'Gaps that people no longer count, newest first',
        tags: TAGS,
        querystring: holeListQuerySchema,
        response: answers(200, holeListSchema),
      },
    },
    async ({ query: { dataset, before, limit } }) => {
      const found = await deps.store.acceptedHoles(dataset === undefined ? null : readDataset(dataset), {
        before: before ?? null,
        limit: limit + 1,
      });
      const { page, next } = pageOf(found, limit);
      return { holes: page.map(presentHole), next };
    },
  );

  app.get(
    '/v1/accepted-holes/:id',
    {
      schema: {
        operationId: 'getAcceptedHole',
        summary: 'One accepted hole, revoked or not',
        tags: TAGS,
        params: idParamsSchema,
        response: answers(200, acceptedHoleSchema),
      },
    },
    async ({ params: { id } }) => {
      const hole = await deps.store.acceptedHole(id);
      if (hole === undefined) throw new AppError('unknown_hole', { id });
      return presentHole(hole);
    },
  );

  app.post(
    '/v1/accepted-holes',
    {
      schema: {
        operationId: 'acceptHole',
        summary: 'Count gaps no longer; what is covered or explained stays as it is',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newHoleSchema,
        response: answers(200, holeReportSchema),
      },
    },
    async ({ body }) => presentHoleReport(await acceptHoles(deps, body)),
  );

  app.delete(
    '/v1/accepted-holes/:id',
    {
      schema: {
        operationId: 'revokeAcceptedHole',
        summary: 'Count the gaps of an accepted hole again',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: idParamsSchema,
        querystring: authorQuerySchema,
        response: answers(200, acceptedHoleSchema),
      },
    },
    async ({ params, query }) => presentHole(await revokeHole(deps, params.id, query.author)),
  );
}
