import { runItemsQuerySchema, runItemsSchema, runParamsSchema } from '@tapekeeper/contract';
import { findRun } from '../../../app/runs/findRun.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentItems } from './present.ts';
import { readItemStates } from './readStates.ts';

export function itemRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/runs/:id/items',
    {
      schema: {
        operationId: 'listRunItems',
        summary: 'The questions of a run to its sources, by number, and how far each has come',
        tags: ['runs'],
        params: runParamsSchema,
        querystring: runItemsQuerySchema,
        response: answers(200, runItemsSchema),
      },
    },
    async ({ params, query: { state, after, limit } }) => {
      const { id } = await findRun(deps, params.id);
      const states = state === undefined ? null : readItemStates(state);
      return presentItems(
        await deps.store.runItems(id, { states, after: after ?? null, limit: limit + 1 }),
        limit,
      );
    },
  );
}
