import {
  copyJobSchema,
  idempotencyHeadersSchema,
  jobListQuerySchema,
  jobListSchema,
  jobRefParamsSchema,
  jobReportSchema,
  jobSchema,
  newJobSchema,
  runSchema,
  triggerJobSchema,
  updateJobSchema,
  type JobReport,
  type Run,
} from '@tapekeeper/contract';
import { AppError, JOB_MACHINE, type JobState } from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import { findJob } from '../../../app/jobs/findJob.ts';
import { copyJob, createJob, deleteJob, reportOf, stepJob, updateJob } from '../../../app/jobs/keepJobs.ts';
import { triggerJob } from '../../../app/jobs/triggerJob.ts';
import { findRun } from '../../../app/runs/findRun.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { once } from '../../idempotency.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentRun } from '../runs/present.ts';
import { jobHistoryRoutes } from './history.ts';
import { jobFacts, shownFacts } from './jobFacts.ts';
import { presentJob, presentReport } from './present.ts';
import { readDefinition } from './readDefinition.ts';
import { readTrigger } from './readTrigger.ts';
import { starterRoutes } from './starters.ts';

const TAGS = ['jobs'];

const STEPS = {
  enable: 'Let a job run by its trigger; nothing that was due before is made up for',
  disable: 'Take a job out of work; runs that are open go on',
  pause: 'Stop a job from running by its trigger for a while',
  resume: 'Let a paused job run by its trigger again; nothing that was due meanwhile is made up for',
} as const;

/** Jobs that people keep. */
export function jobRoutes(app: HttpApp, context: HttpContext): void {
  const { deps } = context;
  const report = async (id: number): Promise<JobReport> => presentReport(deps, await reportOf(deps, id));
  jobHistoryRoutes(app, context);
  starterRoutes(app, context);

  app.get(
    '/v1/jobs',
    {
      schema: {
        operationId: 'listJobs',
        summary: 'Jobs with when they run next and what their last run did',
        tags: TAGS,
        querystring: jobListQuerySchema,
        response: answers(200, jobListSchema),
      },
    },
    async ({ query: { state, type, trigger, tag, text, sort, after, limit } }) => {
      const filter = {
        states: state === undefined ? null : readStates(state),
        types: type === undefined ? null : [type],
        triggers: trigger === undefined ? null : [trigger],
        tag: tag ?? null,
        text: text ?? null,
        sort,
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
        headers: idempotencyHeadersSchema,
        body: newJobSchema,
        response: answers(201, jobReportSchema),
      },
    },
    async (request, reply) => {
      const { key, enabled, definition } = request.body;
      const make = async (making: AppDeps): Promise<number> => {
        const author = authorOf(request);
        const wish = { key, enabled, definition: await readDefinition(deps, definition), author };
        return (await createJob(making, wish)).job.id;
      };
      const { id, body } = await once({ deps, request, reply }, { make, present: report });
      noteOperation(request, { after: shownFacts(body.job) });
      return reply.code(201).header('location', `/v1/jobs/${id}`).send(body);
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
    async (request) => {
      const { version, definition } = request.body;
      const former = await findJob(deps, request.params.id);
      noteOperation(request, { id: String(former.id), before: jobFacts(former) });
      const change = {
        definition: await readDefinition(deps, definition, former.definition),
        version,
        author: authorOf(request),
      };
      const updated = await updateJob(deps, former.id, change);
      noteOperation(request, { after: jobFacts(updated.job) });
      return presentReport(deps, updated);
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
    async (request) => {
      const job = await findJob(deps, request.params.id);
      noteOperation(request, { id: String(job.id), before: jobFacts(job) });
      return presentJob(deps, await deleteJob(deps, job.id, authorOf(request)));
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
      async (request) => {
        const { id, state } = await findJob(deps, request.params.id);
        noteOperation(request, { id: String(id), before: { state } });
        const stepped = await stepJob(deps, id, step, authorOf(request));
        noteOperation(request, { after: { state: stepped.job.state } });
        return presentReport(deps, stepped);
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
        headers: idempotencyHeadersSchema,
        params: jobRefParamsSchema,
        body: copyJobSchema,
        response: answers(201, jobReportSchema),
      },
    },
    async (request, reply) => {
      const { id: former } = await findJob(deps, request.params.id);
      const make = async (making: AppDeps): Promise<number> =>
        (await copyJob(making, former, { ...request.body, author: authorOf(request) })).job.id;
      const { id, body } = await once({ deps, request, reply }, { make, present: report });
      noteOperation(request, { after: { copyOf: former, ...shownFacts(body.job) } });
      return reply.code(201).header('location', `/v1/jobs/${id}`).send(body);
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
        headers: idempotencyHeadersSchema,
        params: jobRefParamsSchema,
        body: triggerJobSchema,
        response: answers(202, runSchema),
      },
    },
    async (request, reply) => {
      const make = async (making: AppDeps): Promise<number> => {
        const job = await findJob(deps, request.params.id);
        const work = await readTrigger(deps, job.definition, request.body.params);
        noteOperation(request, { id: String(job.id) });
        return triggerJob(making, job.id, { ...work, by: authorOf(request) });
      };
      const present = async (run: number): Promise<Run> => presentRun(await findRun(deps, run));
      const { id, body } = await once({ deps, request, reply }, { make, present });
      const jobId = body.job?.id ?? request.params.id;
      noteOperation(request, { id: String(jobId), after: { runId: id, params: request.body.params } });
      return reply.code(202).header('location', `/v1/runs/${id}`).send(body);
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
