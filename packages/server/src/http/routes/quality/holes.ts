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
import type { AcceptedHole } from '../../../ports/qualityStore.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
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
    async (request) => {
      const { author, ...wish } = request.body;
      const report = await acceptHoles(deps, { ...wish, author: authorOf(request, author) });
      noteOperation(request, {
        id: report.hole === null ? null : String(report.hole.id),
        after: report.hole === null ? { accepted: 0, dryRun: wish.dryRun } : holeFacts(report.hole),
      });
      return presentHoleReport(report);
    },
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
    async (request) => {
      const hole = await revokeHole(deps, request.params.id, authorOf(request, request.query.author));
      noteOperation(request, { before: holeFacts(hole), after: { revoked: true } });
      return presentHole(hole);
    },
  );
}

/** What of a hole the audit log keeps; a list of symbols may be long. */
function holeFacts({ dataset, from, to, symbols, cells, reason }: AcceptedHole) {
  return { dataset, from, to, symbols: symbols?.length ?? null, cells, reason };
}
