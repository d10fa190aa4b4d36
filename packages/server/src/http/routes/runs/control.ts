import {
  attemptsQuerySchema,
  attemptsSchema,
  cancelRunSchema,
  deletedRunSchema,
  failRunSchema,
  idempotencyHeadersSchema,
  runParamsSchema,
  runSchema,
  runStepSchema,
} from '@tapekeeper/contract';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AppDeps } from '../../../app/deps.ts';
import { cancelRun } from '../../../app/runs/cancelRun.ts';
import { deleteRun } from '../../../app/runs/deleteRun.ts';
import { findRun } from '../../../app/runs/findRun.ts';
import { markFailed } from '../../../app/runs/markFailed.ts';
import { pauseRun } from '../../../app/runs/pauseRun.ts';
import { resumeRun } from '../../../app/runs/resumeRun.ts';
import { retryRun } from '../../../app/runs/retryRun.ts';
import type { RunView } from '../../../ports/viewStore.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { once } from '../../idempotency.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentAttempts } from './presentAttempts.ts';
import { presentRun } from './present.ts';

const TAGS = ['runs'];

/** What people do to a run, and how often it and its items were tried. */
export function runControlRoutes(app: HttpApp, { deps }: HttpContext): void {
  /** What the run is before somebody does something to it; raises nothing where there is none. */
  const noteState = async (request: FastifyRequest): Promise<void> => {
    const run = await deps.store.run((request.params as z.output<typeof runParamsSchema>).id);
    if (run === undefined) return;
    const { state, type, dataset, jobId } = run;
    noteOperation(request, { before: { state, type, dataset, jobId } });
  };

  app.post(
    '/v1/runs/:id/cancel',
    {
      schema: {
        operationId: 'cancelRun',
        summary: 'Cancel a run; its state changes when the work has stopped',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: runParamsSchema,
        body: cancelRunSchema,
        response: answers(200, runSchema),
      },
    },
    async (request) => {
      const { author, reason, force } = request.body;
      const by = authorOf(request, author);
      await noteState(request);
      const run = await cancelRun(deps, request.params.id, { by, reason, force });
      noteOperation(request, { after: { state: run.state, reason, force } });
      return presentRun(run);
    },
  );

  app.post(
    '/v1/runs/:id/fail',
    {
      schema: {
        operationId: 'failRun',
        summary: 'Mark an open run as failed, now',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: runParamsSchema,
        body: failRunSchema,
        response: answers(200, runSchema),
      },
    },
    async (request) => {
      const { author, reason } = request.body;
      await noteState(request);
      const run = await markFailed(deps, request.params.id, { by: authorOf(request, author), reason });
      noteOperation(request, { after: { state: run.state, reason } });
      return presentRun(run);
    },
  );

  const step = (
    name: 'pause' | 'resume' | 'retry',
    summary: string,
    work: (making: AppDeps, id: number, by: string) => Promise<RunView>,
  ): void => {
    app.post(
      `/v1/runs/:id/${name}`,
      {
        schema: {
          operationId: `${name}Run`,
          summary,
          tags: TAGS,
          security: NEEDS_TOKEN,
          headers: idempotencyHeadersSchema,
          params: runParamsSchema,
          body: runStepSchema,
          response: answers(200, runSchema),
        },
      },
      async (request, reply) => {
        const { params, body } = request;
        await noteState(request);
        const { id: runId, body: run } = await once(
          { deps, request, reply },
          {
            make: async (making) => (await work(making, params.id, authorOf(request, body.author))).id,
            present: async (id) => presentRun(await findRun(deps, id)),
          },
        );
        noteOperation(request, { id: String(params.id), after: { runId, state: run.state } });
        return run;
      },
    );
  };
  step('pause', 'Pause a running run at its next item', pauseRun);
  step(
    'resume',
    'Let a paused run go on, or take up one that failed or was cancelled in a new run',
    resumeRun,
  );
  step('retry', 'Begin a new run of what failed', retryRun);

  app.delete(
    '/v1/runs/:id',
    {
      schema: {
        operationId: 'deleteRun',
        summary: 'Delete the record of an ended run; the rows that it collected stay',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: runParamsSchema,
        response: answers(200, deletedRunSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      await noteState(request);
      await deleteRun(deps, id);
      return { deleted: id };
    },
  );

  app.get(
    '/v1/runs/:id/attempts',
    {
      schema: {
        operationId: 'listRunAttempts',
        summary: 'How often a run and its items were tried, and why that failed',
        tags: TAGS,
        params: runParamsSchema,
        querystring: attemptsQuerySchema,
        response: answers(200, attemptsSchema),
      },
    },
    async ({ params, query: { failed, before, limit } }) => {
      const { id } = await findRun(deps, params.id);
      const [ofRun, ofItems] = await Promise.all([
        deps.store.runAttempts(id),
        deps.store.itemAttempts(id, {
          failedOnly: failed === 'true',
          before: before === undefined ? null : Date.parse(before),
          limit,
        }),
      ]);
      return presentAttempts(ofRun, ofItems, limit);
    },
  );
}
