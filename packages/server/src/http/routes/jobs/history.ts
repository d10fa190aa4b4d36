import {
  fireListQuerySchema,
  fireListSchema,
  jobChangesSchema,
  jobFiresQuerySchema,
  jobHistoryQuerySchema,
  jobRefParamsSchema,
  jobVersionsSchema,
  type FireList,
} from '@tapekeeper/contract';
import type { z } from 'zod';
import { findJob } from '../../../app/jobs/findJob.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { presentChange, presentFire, presentVersion } from './present.ts';

const TAGS = ['jobs'];

/** What became of jobs: their versions, what people did to them, and the fires decided about them. */
export function jobHistoryRoutes(app: HttpApp, { deps }: HttpContext): void {
  const firesOf = async (
    jobId: number | null,
    { decision, from, to, before, limit }: z.output<typeof jobFiresQuerySchema>,
  ): Promise<FireList> => {
    const found = await deps.store.fires({
      jobId,
      decision: decision ?? null,
      from: from === undefined ? null : Date.parse(from),
      to: to === undefined ? null : Date.parse(to),
      before: before ?? null,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    return {
      fires: page.map(presentFire),
      next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  };

  app.get(
    '/v1/jobs/:id/versions',
    {
      schema: {
        operationId: 'listJobVersions',
        summary: 'What a job was in each of its versions, newest first',
        tags: TAGS,
        params: jobRefParamsSchema,
        querystring: jobHistoryQuerySchema,
        response: answers(200, jobVersionsSchema),
      },
    },
    async ({ params, query: { before, limit } }) => {
      const { id } = await findJob(deps, params.id);
      const found = await deps.store.jobVersions(id, { before: before ?? null, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        versions: page.map(presentVersion),
        next: found.length > limit ? (page.at(-1)?.version ?? null) : null,
      };
    },
  );

  app.get(
    '/v1/jobs/:id/changes',
    {
      schema: {
        operationId: 'listJobChanges',
        summary: 'What was done to a job, by whom and when, newest first',
        tags: TAGS,
        params: jobRefParamsSchema,
        querystring: jobHistoryQuerySchema,
        response: answers(200, jobChangesSchema),
      },
    },
    async ({ params, query: { before, limit } }) => {
      const { id } = await findJob(deps, params.id);
      const found = await deps.store.jobChanges(id, before ?? null, limit + 1);
      const page = found.slice(0, limit);
      return {
        changes: page.map(presentChange),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.get(
    '/v1/jobs/:id/fires',
    {
      schema: {
        operationId: 'listJobFires',
        summary: 'What was decided about each due moment of a job, newest first',
        tags: TAGS,
        params: jobRefParamsSchema,
        querystring: jobFiresQuerySchema,
        response: answers(200, fireListSchema),
      },
    },
    async ({ params, query }) => firesOf((await findJob(deps, params.id)).id, query),
  );

  app.get(
    '/v1/fires',
    {
      schema: {
        operationId: 'listFires',
        summary: 'What was decided about due moments, newest first',
        tags: TAGS,
        querystring: fireListQuerySchema,
        response: answers(200, fireListSchema),
      },
    },
    async ({ query: { job, ...query } }) =>
      firesOf(job === undefined ? null : (await findJob(deps, job)).id, query),
  );
}
