import {
  attemptsQuerySchema,
  attemptsSchema,
  cancelRunSchema,
  deletedRunSchema,
  failRunSchema,
  runParamsSchema,
  runSchema,
  runStepSchema,
} from '@tapekeeper/contract';
import { cancelRun } from '../../../app/runs/cancelRun.ts';
import { deleteRun } from '../../../app/runs/deleteRun.ts';
import { findRun } from '../../../app/runs/findRun.ts';
import { markFailed } from '../../../app/runs/markFailed.ts';
import { pauseRun } from '../../../app/runs/pauseRun.ts';
import { resumeRun } from '../../../app/runs/resumeRun.ts';
import { retryRun } from '../../../app/runs/retryRun.ts';
import type { RunView } from '../../../ports/viewStore.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentAttempts } from './presentAttempts.ts';
import { presentRun } from './present.ts';

const TAGS = ['runs'];

/** What people do to a run, and how often it and its items were tried. */
export function runControlRoutes(app: HttpApp, { deps }: HttpContext): void {
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
    async ({ params, body: { author, reason, force } }) =>
      presentRun(await cancelRun(deps, params.id, { by: author, reason, force })),
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
    async ({ params, body: { author, reason } }) =>
      presentRun(await markFailed(deps, params.id, { by: author, reason })),
  );

  const step = (
    name: 'pause' | 'resume' | 'retry',
    summary: string,
    work: (id: number, by: string) => Promise<RunView>,
  ): void => {
    app.post(
      `/v1/runs/:id/${name}`,
      {
        schema: {
          operationId: `${name}Run`,
          summary,
          tags: TAGS,
          security: NEEDS_TOKEN,
          params: runParamsSchema,
          body: runStepSchema,
          response: answers(200, runSchema),
        },
      },
      async ({ params, body }) => presentRun(await work(params.id, body.author)),
    );
  };
  step('pause', 'Pause a running run at its next item', (id, by) => pauseRun(deps, id, by));
  step(
    'resume',
    'Let a paused run go on, or take up one that failed or was cancelled in a new run',
    (id, by) => resumeRun(deps, id, by),
  );
  step('retry', 'Begin a new run of what failed', (id, by) => retryRun(deps, id, by));

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
    async ({ params }) => {
      await deleteRun(deps, params.id);
      return { deleted: params.id };
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
