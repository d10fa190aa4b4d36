import {
  copyJobSchema,
  jobListQuerySchema,
  jobListSchema,
  jobRefParamsSchema,
  jobReportSchema,
  jobSchema,
  newJobSchema,
  runSchema,
  triggerJobSchema,
  updateJobSchema,
} from '@tapekeeper/contract';
import { AppError, JOB_MACHINE, type JobState } from '@tapekeeper/core';
import { findJob } from '../../../app/jobs/findJob.ts';
import { copyJob, createJob, deleteJob, stepJob, updateJob } from '../../../app/jobs/keepJobs.ts';
import { triggerJob } from '../../../app/jobs/triggerJob.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentRun } from '../runs/present.ts';
import { jobHistoryRoutes } from './history.ts';
import { presentJob, presentReport } from './present.ts';
import { readDefinition } from './readDefinition.ts';
import { readTrigger } from './readTrigger.ts';
import { starterRoutes } from './starters.ts';

const TAGS = ['jobs'];
/** Who changes things through the interface, until there are accounts. */
const AUTHOR = 'api';

const STEPS = {
  enable: 'Let a job run by its trigger; nothing that was due before is made up for',
  disable: 'Take a job out of work; runs that are open go on',
  pause: 'Stop a job from running by its trigger for a while',
  resume: 'Let a paused job run by its trigger again; nothing that was due meanwhile is made up for',
} as const;

/** Jobs that people keep. */
export function jobRoutes(app: HttpApp, context: HttpContext): void {
  const { deps } = context;
  jobHistoryRoutes(app, context);
  starterRoutes(app, context);

  app.get(
    '/v1/jobs',
    {
      schema: {
        operationId: 'listJobs',
        summary: 'Jobs by number, with when they run next and what their last run did',
        tags: TAGS,
        querystring: jobListQuerySchema,
        response: answers(200, jobListSchema),
      },
    },
    async ({ query: { state, type, trigger, tag, text, after, limit } }) => {
      const filter = {
        states: state === undefined ? null : readStates(state),
        types: type === undefined ? null : [type],
        triggers: trigger === undefined ? null : [trigger],
        tag: tag ?? null,
        text: text ?? null,
        after: after ?? null,
        limit: limit + 1,
      };
      const [found, counts] = await Promise.all([deps.store.jobs(filter), deps.store.jobCounts()]);
      const page = found.slice(0, limit);
      return {
        jobs: page.map((job) => presentJob(deps, job)),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
        counts,
      };
    },
  );

  app.get(
    '/v1/jobs/:id',
    {
      schema: {
        operationId: 'getJob',
        summary: 'One job, by number or key',
        tags: TAGS,
        params: jobRefParamsSchema,
        response: answers(200, jobSchema),
      },
    },
    async ({ params }) => presentJob(deps, await findJob(deps, params.id)),
  );

  app.post(
    '/v1/jobs',
    {
      schema: {
        operationId: 'createJob',
        summary: 'Keep a new job',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: newJobSchema,
        response: answers(201, jobReportSchema),
      },
    },
    async ({ body: { key, enabled, definition } }, reply) => {
      const wish = { key, enabled, definition: await readDefinition(deps, definition), author: AUTHOR };
      const report = presentReport(deps, await createJob(deps, wish));
      return reply.code(201).header('location', `/v1/jobs/${report.job.id}`).send(report);
    },
  );

  app.put(
    '/v1/jobs/:id',
    {
      schema: {
        operationId: 'updateJob',
        summary: 'A new version of a job; runs that are open keep theirs',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: jobRefParamsSchema,
        body: updateJobSchema,
        response: answers(200, jobReportSchema),
      },
    },
    async ({ params, body: { version, definition } }) => {
      const former = await findJob(deps, params.id);
      const change = {
        definition: await readDefinition(deps, definition, former.definition),
        version,
        author: AUTHOR,
      };
      return presentReport(deps, await updateJob(deps, former.id, change));
    },
  );

  app.delete(
    '/v1/jobs/:id',
    {
      schema: {
        operationId: 'deleteJob',
        summary: 'Take a job away; its runs and fires stay',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: jobRefParamsSchema,
        response: answers(200, jobSchema),
      },
    },
    async ({ params }) => {
      const { id } = await findJob(deps, params.id);
      return presentJob(deps, await deleteJob(deps, id, AUTHOR));
    },
  );

  for (const step of Object.keys(STEPS) as (keyof typeof STEPS)[]) {
    app.post(
      `/v1/jobs/:id/${step}`,
      {
        schema: {
          operationId: `${step}Job`,
          summary: STEPS[step],
          tags: TAGS,
          security: NEEDS_TOKEN,
          params: jobRefParamsSchema,
          response: answers(200, jobReportSchema),
        },
      },
      async ({ params }) => {
        const { id } = await findJob(deps, params.id);
        return presentReport(deps, await stepJob(deps, id, step, AUTHOR));
      },
    );
  }

  app.post(
    '/v1/jobs/:id/copy',
    {
      schema: {
        operationId: 'copyJob',
        summary: 'A job like this one, disabled',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: jobRefParamsSchema,
        body: copyJobSchema,
        response: answers(201, jobReportSchema),
      },
    },
    async ({ params, body }, reply) => {
      const { id } = await findJob(deps, params.id);
      const report = presentReport(deps, await copyJob(deps, id, { ...body, author: AUTHOR }));
      return reply.code(201).header('location', `/v1/jobs/${report.job.id}`).send(report);
    },
  );

  app.post(
    '/v1/jobs/:id/trigger',
    {
      schema: {
        operationId: 'triggerJob',
        summary: 'Begin a run of a job now, whatever its state; nothing of the job changes',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: jobRefParamsSchema,
        body: triggerJobSchema,
        response: answers(202, runSchema),
      },
    },
    async ({ params, body }, reply) => {
      const job = await findJob(deps, params.id);
      const work = await readTrigger(deps, job.definition, body.params);
      const runId = await triggerJob(deps, job.id, { ...work, by: AUTHOR });
      const run = await deps.store.run(runId);
      if (run === undefined) throw new AppError('unknown_run', { run: runId });
      return reply.code(202).header('location', `/v1/runs/${runId}`).send(presentRun(run));
    },
  );
}

/** States as people list them, `enabled,paused`. */
function readStates(text: string): readonly JobState[] {
  const known = Object.keys(JOB_MACHINE.next) as JobState[];
  return text.split(',').map((word) => {
    const state = known.find((one) => one === word.trim());
    if (state !== undefined) return state;
    throw new AppError('bad_request', { problem: `query "state": "${word}" is none of ${known.join(', ')}` });
  });
}
