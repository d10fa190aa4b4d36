import {
  setTargetSchema,
  targetListQuerySchema,
  targetListSchema,
  targetParamsSchema,
  targetSchema,
} from '@tapekeeper/contract';
import { clearTarget, listTargets, setTarget } from '../../../app/alerts/targets.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentTarget } from './present.ts';

const TAGS = ['alerts'];

/** By when the days of data sets have to be complete. */
export function targetRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/targets',
    {
      schema: {
        operationId: 'listTargets',
        summary: 'Freshness targets, and how much of what may be missed in a month is used up',
        tags: TAGS,
        querystring: targetListQuerySchema,
        response: answers(200, targetListSchema),
      },
    },
    async ({ query: { month } }) => ({ targets: (await listTargets(deps, month)).map(presentTarget) }),
  );

  app.put(
    '/v1/targets/:dataset',
    {
      schema: {
        operationId: 'setTarget',
        summary: 'Say by when each trading day of a data set has to be complete',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: targetParamsSchema,
        body: setTargetSchema,
        response: answers(200, targetSchema),
      },
    },
    async (request) => {
      const { params, body } = request;
      const { due, share, objective } = body;
      const target = { dataset: params.dataset, due, share, objective };
      const { before, after } = await setTarget(deps, target, authorOf(request, body.author));
      noteOperation(request, { id: params.dataset, before: before ?? null, after: target });
      return presentTarget(after);
    },
  );

  app.delete(
    '/v1/targets/:dataset',
    {
      schema: {
        operationId: 'clearTarget',
        summary: 'Take back a target; the one that the program brings along holds again',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: targetParamsSchema,
        response: answers(200, targetSchema),
      },
    },
    async (request) => {
      const gone = presentTarget(await clearTarget(deps, request.params.dataset));
      noteOperation(request, {
        id: gone.dataset,
        before: { due: gone.due, share: gone.share, objective: gone.objective },
      });
      return gone;
    },
  );
}
