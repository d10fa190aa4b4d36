import {
  jobMomentsQuerySchema,
  jobRefParamsSchema,
  newPreviewSchema,
  previewSchema,
} from '@tapekeeper/contract';
import { jobMoments, previewSchedule } from '../../../app/preview/previewSchedule.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { readSchedule } from '../jobs/readDefinition.ts';
import { presentPreview } from './present.ts';

const TAGS = ['jobs'];

/** When things will be due, by the calendar of this installation. */
export function previewRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.post(
    '/v1/previews',
    {
      schema: {
        operationId: 'previewSchedule',
        summary: 'When a schedule would be due, in words and as its next moments; nothing is kept',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newPreviewSchema,
        response: answers(200, previewSchema),
      },
    },
    async ({ body: { schedule, from, ...wish } }) =>
      presentPreview(
        await previewSchedule(deps, {
          ...wish,
          // what it would do changes nothing of when
          schedule: await readSchedule(deps, 'statistics', schedule),
          from: instantOf(from),
        }),
      ),
  );

  app.get(
    '/v1/jobs/:id/moments',
    {
      schema: {
        operationId: 'listJobMoments',
        summary: 'The next moments of a job, whether it is enabled or not',
        tags: TAGS,
        params: jobRefParamsSchema,
        querystring: jobMomentsQuerySchema,
        response: answers(200, previewSchema),
      },
    },
    async ({ params, query: { from, ...wish } }) =>
      presentPreview(await jobMoments(deps, params.id, { ...wish, from: instantOf(from) })),
  );
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
