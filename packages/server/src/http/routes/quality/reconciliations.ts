import {
  holeListQuerySchema,
  idempotencyHeadersSchema,
  idParamsSchema,
  mismatchListSchema,
  mismatchQuerySchema,
  newReconciliationSchema,
  reconciliationListSchema,
  reconciliationSchema,
  type Reconciliation,
} from '@tapekeeper/contract';
import { isAppError } from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import {
  beginReconciliation,
  findReconciliation,
  type BegunReconciliation,
} from '../../../app/quality/reconcile.ts';
import { readDataset } from '../../../app/requestSync.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { once } from '../../idempotency.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { pageOf, presentReconciliation } from './present.ts';

const TAGS = ['reconciliation'];

export function reconciliationRoutes(app: HttpApp, { deps }: HttpContext): void {
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  app.addHook('onClose', async () => {
    stopping.abort();
    await Promise.all(working);
  });
  const begin = ({ id, work }: BegunReconciliation): number => {
    const done = work(stopping.signal)
      .catch((error: unknown) => {
        // what went wrong stands in the comparison; what is a fault of ours is for the log as well
        if (!isAppError(error) || error.code === 'internal')
          deps.log.error({ id, err: error }, 'a comparison failed');
      })
      .finally(() => working.delete(done));
    working.add(done);
    return id;
  };

  app.get(
    '/v1/reconciliations',
    {
      schema: {
        operationId: 'listReconciliations',
        summary: 'Comparisons of sources and how often they differed, newest first',
        tags: TAGS,
        querystring: holeListQuerySchema,
        response: answers(200, reconciliationListSchema),
      },
    },
    async ({ query: { dataset, before, limit } }) => {
      const found = await deps.store.reconciliations(dataset === undefined ? null : readDataset(dataset), {
        before: before ?? null,
        limit: limit + 1,
      });
      const { page, next } = pageOf(found, limit);
      return { reconciliations: page.map(presentReconciliation), next };
    },
  );

  app.get(
    '/v1/reconciliations/:id',
    {
      schema: {
        operationId: 'getReconciliation',
        summary: 'One comparison of sources, under way or done',
        tags: TAGS,
        params: idParamsSchema,
        response: answers(200, reconciliationSchema),
      },
    },
    async ({ params }) => presentReconciliation(await findReconciliation(deps, params.id)),
  );

  app.get(
    '/v1/reconciliations/:id/mismatches',
    {
      schema: {
        operationId: 'listMismatches',
        summary: 'The values in which sources differed, and by what kind of fault',
        tags: TAGS,
        params: idParamsSchema,
        querystring: mismatchQuerySchema,
        response: answers(200, mismatchListSchema),
      },
    },
    async ({ params: { id }, query: { source, field, kind, after, limit } }) => {
      await findReconciliation(deps, id);
      const found = await deps.store.reconciliationMismatches(id, {
        theirs: source ?? null,
        field: field ?? null,
        kind: kind ?? null,
        after,
        limit: limit + 1,
      });
      const mismatches = found.slice(0, limit);
      return { mismatches, next: found.length > limit ? (mismatches.at(-1)?.no ?? null) : null };
    },
  );

  app.post(
    '/v1/reconciliations',
    {
      schema: {
        operationId: 'createReconciliation',
        summary: 'Compare a sample of covered cells with what the other sources say of them',
        tags: TAGS,
        security: NEEDS_TOKEN,
        headers: idempotencyHeadersSchema,
        body: newReconciliationSchema,
        response: answers(202, reconciliationSchema),
      },
    },
    async (request, reply) => {
      const { author, ...wish } = request.body;
      const make = async (making: AppDeps): Promise<number> =>
        begin(await beginReconciliation(making, { ...wish, author: authorOf(request, author) }));
      const present = async (id: number): Promise<Reconciliation> =>
        presentReconciliation(await findReconciliation(deps, id));
      const { id, body } = await once({ deps, request, reply }, { make, present });
      noteOperation(request, { after: wish });
      return reply.code(202).header('location', `/v1/reconciliations/${id}`).send(body);
    },
  );
}
