import { AppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { allJobs } from '../../../../app/jobs/allJobs.ts';
import { stepJob, updateJob } from '../../../../app/jobs/keepJobs.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { jobFacts } from '../../../routes/jobs/jobFacts.ts';
import { inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { ok } from '../envelope.ts';
import { namedJob } from './namedJobs.ts';
import { presentDetail, presentJob } from './presentJob.ts';
import { refusedAs } from './refusedAs.ts';
import { doneSchema, jobDetailSchema, jobListSchema, jobParamsSchema, metadataSchema } from './schemas.ts';

/** Jobs, with what may be said and done about them. */
export function schedulerJobRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];
  const now = (): number => deps.clock.now();

  for (const [url, operationId] of [
    ['/api/scheduler/jobs', 'tradingAgentsListJobs'],
    ['/scheduler/jobs', 'tradingAgentsListJobsAlias'],
  ] as const) {
    app.get(
      url,
      {
        schema: {
          operationId,
          summary: 'All jobs',
          tags,
          response: documentedAnswers(200, jobListSchema),
        },
      },
      async () => {
        const jobs = await allJobs(deps);
        return ok(now(), jobs.map(presentJob), `获取到 ${jobs.length} 个定时任务`);
      },
    );
  }

  app.get(
    '/api/scheduler/jobs/:job_id',
    {
      schema: {
        operationId: 'tradingAgentsGetJob',
        summary: 'One job, with its parameters',
        tags,
        params: jobParamsSchema,
        response: documentedAnswers(200, jobDetailSchema),
      },
    },
    async ({ params: { job_id: id } }) => {
      const job = await inWords({ unknown_job: [404, `任务 ${id} 不存在`] }, () => namedJob(deps, id));
      return ok(now(), presentDetail(job), '获取任务详情成功');
    },
  );

  app.put(
    '/api/scheduler/jobs/:job_id/metadata',
    {
      schema: {
        operationId: 'tradingAgentsSetJobMetadata',
        summary: 'What a job is called, and what it is for',
        tags,
        security: NEEDS_TOKEN,
        params: jobParamsSchema,
        body: metadataSchema,
        response: documentedAnswers(200, doneSchema),
      },
    },
    async (request) => {
      const { job_id: id } = request.params;
      const { display_name: name, description } = request.body;
      return refusedAs([400, `更新任务 ${id} 元数据失败`], async () => {
        const job = await namedJob(deps, id);
        noteOperation(request, { id: String(job.id), before: jobFacts(job) });
        if (name?.trim() === '') throw new AppError('bad_request', { problem: 'the name is empty.' });
        const definition = {
          ...job.definition,
          name: name ?? job.definition.name,
          description: description ?? job.definition.description,
        };
        const change = { definition, version: job.version, author: authorOf(request) };
        const updated = await updateJob(deps, job.id, change);
        noteOperation(request, { after: jobFacts(updated.job) });
        return ok(now(), null, `任务 ${id} 元数据已更新`);
      });
    },
  );

  /** A disabled job is paused already, and a job is resumed whatever kept it from running. */
  const step = async (request: FastifyRequest, id: string, name: 'pause' | 'resume'): Promise<void> => {
    const job = await namedJob(deps, id);
    noteOperation(request, { id: String(job.id), before: { state: job.state } });
    const isDisabled = job.state === 'disabled';
    if (isDisabled && name === 'pause') return;
    const taken = isDisabled ? 'enable' : name;
    const stepped = await stepJob(deps, job.id, taken, authorOf(request));
    noteOperation(request, { after: { state: stepped.job.state } });
  };

  for (const [name, operationId, summary, word, done] of [
    ['pause', 'tradingAgentsPauseJob', 'Stop a job from running by its trigger', '暂停', '已暂停'],
    ['resume', 'tradingAgentsResumeJob', 'Let a job run by its trigger again', '恢复', '已恢复'],
  ] as const) {
    app.post(
      `/api/scheduler/jobs/:job_id/${name}`,
      {
        schema: {
          operationId,
          summary,
          tags,
          security: NEEDS_TOKEN,
          params: jobParamsSchema,
          response: documentedAnswers(200, doneSchema),
        },
      },
      async (request) => {
        const { job_id: id } = request.params;
        await refusedAs([400, `${word}任务 ${id} 失败`], () => step(request, id, name));
        return ok(now(), null, `任务 ${id} ${done}`);
      },
    );
  }
}
