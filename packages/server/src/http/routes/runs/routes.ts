import {
  dryRunSchema,
  idempotencyHeadersSchema,
  newRunSchema,
  runListQuerySchema,
  runListSchema,
  runParamsSchema,
  runSchema,
  runSymbolsQuerySchema,
  runSymbolsSchema,
} from '@tapekeeper/contract';
import { AppError, RUN_MACHINE, type RunState } from '@tapekeeper/core';
import { dryRun } from '../../../app/dryRun.ts';
import { readDataset, requestSync } from '../../../app/requestSync.ts';
import type { RunView } from '../../../ports/viewStore.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { once } from '../../idempotency.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentDryRun, presentRun, presentRunSymbols } from './present.ts';

const TAGS = ['runs'];

export function runRoutes(app: HttpApp, { deps }: HttpContext): void {
  const findRun = async (id: number): Promise<RunView> => {
    const run = await deps.store.run(id);
    if (run === undefined) throw new AppError('unknown_run', { run: id });
    return run;
  };

  app.get(
    '/v1/runs',
    {
      schema: {
        operationId: 'listRuns',
        summary: 'Runs, newest first unless told otherwise',
        tags: TAGS,
        querystring: runListQuerySchema,
        response: answers(200, runListSchema),
      },
    },
    async ({ query: { state, dataset, job, parent, type, sort, before, after, limit } }) => {
      const found = await deps.store.runs({
        states: state === undefined ? null : readStates(state),
        dataset: dataset === undefined ? null : readDataset(dataset),
        jobId: job ?? null,
        parentRunId: parent ?? null,
        types: type === undefined ? null : [type],
        before: before ?? null,
        after: after ?? null,
        oldestFirst: sort === 'oldest',
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      return { runs: page.map(presentRun), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  );

  app.get(
    '/v1/runs/:id',
    {
      schema: {
        operationId: 'getRun',
        summary: 'One run: its question, its plan, how far it is, what it did',
        tags: TAGS,
        params: runParamsSchema,
        response: answers(200, runSchema),
      },
    },
    async ({ params }) => presentRun(await findRun(params.id)),
  );

  app.get(
    '/v1/runs/:id/symbols',
    {
      schema: {
        operationId: 'listRunSymbols',
        summary: 'What a run did for each symbol',
        tags: TAGS,
        params: runParamsSchema,
        querystring: runSymbolsQuerySchema,
        response: answers(200, runSymbolsSchema),
      },
    },
    async ({ params, query: { after, limit, outcome } }) => {
      const run = await findRun(params.id);
      return presentRunSymbols(await deps.store.runSymbols(run.id, after, limit + 1, outcome ?? null), limit);
    },
  );

  app.post(
    '/v1/runs',
    {
      schema: {
        operationId: 'createRun',
        summary: 'Begin a sync or a repair',
        tags: TAGS,
        security: NEEDS_TOKEN,
        headers: idempotencyHeadersSchema,
        body: newRunSchema,
        response: answers(202, runSchema),
      },
    },
    async (request, reply) => {
      const { type, ...wish } = request.body;
      const { id, body } = await once(
        { deps, request, reply },
        {
          make: (making) => requestSync(making, { ...wish, requestedBy: authorOf(request) }, type),
          present: async (run) => presentRun(await findRun(run)),
        },
      );
      noteOperation(request, { after: { type, ...wish } });
      return reply.code(202).header('location', `/v1/runs/${id}`).send(body);
    },
  );

  app.post(
    '/v1/plans',
    {
      schema: {
        operationId: 'dryRun',
        summary: 'What a sync or a repair would do; nothing is written',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newRunSchema,
        response: answers(200, dryRunSchema),
      },
    },
    async ({ body: { type, ...wish } }) => presentDryRun(await dryRun(deps, wish, type)),
  );
}

/** States as people list them, `failed,running`. */
function readStates(text: string): readonly RunState[] {
  const known = Object.keys(RUN_MACHINE.next) as RunState[];
  return text.split(',').map((word) => {
    const state = known.find((one) => one === word.trim());
    if (state !== undefined) return state;
    throw new AppError('bad_request', { problem: `query "state": "${word}" is none of ${known.join(', ')}` });
  });
}
