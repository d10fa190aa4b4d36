import type { FastifyRequest } from 'fastify';
import { triggerJob } from '../../../../app/jobs/triggerJob.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { readTrigger } from '../../../routes/jobs/readTrigger.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { ok } from '../envelope.ts';
import { namedJob } from './namedJobs.ts';
import { refusedAs } from './refusedAs.ts';
import {
  aliasBodySchema,
  aliasQuerySchema,
  doneSchema,
  jobParamsSchema,
  triggerQuerySchema,
} from './schemas.ts';

/** Jobs that can be told to run although their data are fresh, or the exchanges closed. */
const FORCED: readonly string[] = ['tushare_quotes_sync', 'akshare_quotes_sync'];

/** Runs by hand. */
export function schedulerTriggerRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  /** Nothing of the job changes: it stays paused, and `force` is of this run alone. */
  const trigger = async (request: FastifyRequest, id: string, force: boolean) =>
    refusedAs([400, `触发任务 ${id} 失败`], async () => {
      const job = await namedJob(deps, id);
      const given = force && FORCED.includes(job.key) ? { force: true } : {};
      noteOperation(request, { id: String(job.id) });
      const work = await readTrigger(deps, job.definition, given);
      const runId = await triggerJob(deps, job.id, { ...work, by: authorOf(request) });
      noteOperation(request, { after: { runId, params: given } });
      return ok(deps.clock.now(), null, `任务 ${id} 已触发执行${force ? '（强制模式）' : ''}`);
    });
  const shared = { tags: [tag], security: NEEDS_TOKEN, response: documentedAnswers(200, doneSchema) };

  app.post(
    '/api/scheduler/jobs/:job_id/trigger',
    {
      schema: {
        ...shared,
        operationId: 'tradingAgentsTriggerJob',
        summary: 'Begin a run of a job now',
        params: jobParamsSchema,
        querystring: triggerQuerySchema,
      },
    },
    async (request) => trigger(request, request.params.job_id, request.query.force),
  );

  for (const [url, operationId] of [
    ['/scheduler/trigger', 'tradingAgentsTriggerShortAlias'],
    ['/api/scheduler/trigger', 'tradingAgentsTriggerAlias'],
  ] as const) {
    app.post(
      url,
      {
        schema: {
          ...shared,
          operationId,
          summary: 'Begin a run of a job now; the job is named in the address or in the body',
          querystring: aliasQuerySchema,
          body: aliasBodySchema,
        },
      },
      async (request) => {
        const { query, body } = request;
        const id = query.job_id ?? body?.job_id;
        if (id === undefined) throw new DocumentedRefusal('bad_request', 422, '缺少参数 job_id');
        return trigger(request, id, query.force || body?.force === true);
      },
    );
  }
}
