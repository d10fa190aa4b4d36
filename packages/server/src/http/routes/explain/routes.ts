import {
  explainJobParamsSchema,
  explainJobQuerySchema,
  jobExplanationSchema,
  runExplanationSchema,
  runParamsSchema,
  runStepsSchema,
} from '@tapekeeper/contract';
import { explainJob } from '../../../app/explain/explainJob.ts';
import { explainRun, runSteps } from '../../../app/explain/explainRun.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentJobExplanation, presentRunExplanation, presentSteps } from './present.ts';

export function explainRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/jobs/:id/explain',
    {
      schema: {
        operationId: 'explainJob',
        summary: 'Why a job ran or did not run at a time, or whether it will',
        tags: ['jobs'],
        params: explainJobParamsSchema,
        querystring: explainJobQuerySchema,
        response: answers(200, jobExplanationSchema),
      },
    },
    async ({ params, query }) => presentJobExplanation(await explainJob(deps, params.id, query.at)),
  );

  app.get(
    '/v1/runs/:id/explain',
    {
      schema: {
        operationId: 'explainRun',
        summary: 'What a run is doing or waiting for',
        tags: ['runs'],
        params: runParamsSchema,
        response: answers(200, runExplanationSchema),
      },
    },
    async ({ params }) => presentRunExplanation(await explainRun(deps, params.id)),
  );

  app.get(
    '/v1/runs/:id/steps',
    {
      schema: {
        operationId: 'listRunSteps',
        summary: 'The steps of a run, and how far it is',
        tags: ['runs'],
        params: runParamsSchema,
        response: answers(200, runStepsSchema),
      },
    },
    async ({ params }) => presentSteps(await runSteps(deps, params.id)),
  );
}
