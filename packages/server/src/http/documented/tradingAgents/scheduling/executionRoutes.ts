import { may, type Identity } from '@tapekeeper/core';
import { listExecutions } from '../../../../app/runs/listExecutions.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { documentedAnswers } from '../../system.ts';
import { ok } from '../envelope.ts';
import { jobIdsOf } from './namedJobs.ts';
import { executionTimeOf, presentExecution, statesOf, statusOf, timestampOf } from './presentExecution.ts';
import {
  executionListSchema,
  executionsOfJobQuerySchema,
  executionsQuerySchema,
  executionStatsSchema,
  jobParamsSchema,
} from './schemas.ts';

interface Asked {
  readonly job_id?: string | undefined;
  readonly status?: string | undefined;
  readonly is_manual?: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Runs as executions: lists of them, and what became of those of a job. */
export function schedulerExecutionRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];

  /** Only who works on runs reads what they failed of in full. */
  const list = async (identity: Identity, asked: Asked) => {
    const { job_id: job, status, is_manual: byHand, limit, offset } = asked;
    const filter = {
      jobIds: await jobIdsOf(deps, job),
      states: status === undefined || status === '' ? null : statesOf(status),
      byHand: byHand ?? null,
    };
    const traced = may(identity, 'operate');
    const { executions, total } = await listExecutions(deps, { ...filter, limit, offset }, { traced });
    const items = executions.map((one) => presentExecution(one, deps.tasks.mask));
    return ok(deps.clock.now(), { items, total, limit, offset }, `获取到 ${items.length} 条执行记录`);
  };

  for (const [url, operationId] of [
    ['/api/scheduler/executions', 'tradingAgentsListExecutions'],
    ['/api/scheduler/logs', 'tradingAgentsListLogsAlias'],
    ['/scheduler/logs', 'tradingAgentsListLogsShortAlias'],
  ] as const) {
    app.get(
      url,
      {
        schema: {
          operationId,
          summary: 'Runs, newest first',
          tags,
          querystring: executionsQuerySchema,
          response: documentedAnswers(200, executionListSchema),
        },
      },
      async ({ identity, query }) => list(identity, query),
    );
  }

  app.get(
    '/api/scheduler/jobs/:job_id/executions',
    {
      schema: {
        operationId: 'tradingAgentsJobExecutions',
        summary: 'Runs of a job, newest first',
        tags,
        params: jobParamsSchema,
        querystring: executionsOfJobQuerySchema,
        response: documentedAnswers(200, executionListSchema),
      },
    },
    async ({ identity, params, query }) => list(identity, { ...query, job_id: params.job_id }),
  );

  app.get(
    '/api/scheduler/jobs/:job_id/execution-stats',
    {
      schema: {
        operationId: 'tradingAgentsExecutionStats',
        summary: 'What became of the runs of a job',
        tags,
        params: jobParamsSchema,
        response: documentedAnswers(200, executionStatsSchema),
      },
    },
    async ({ params }) => {
      const jobIds = (await jobIdsOf(deps, params.job_id)) ?? [];
      const newest = { jobIds, states: null, byHand: null, offset: 0, limit: 1 };
      const [{ total, success, failed, missed, open, meanRunningMs }, ids] = await Promise.all([
        deps.store.executionSums(jobIds),
        deps.store.executionIds(newest),
      ]);
      const [last] = await deps.store.runsById(ids);
      const sums = { total, success, failed, missed, running: open };
      const stats = {
        ...sums,
        avg_execution_time: Math.round((meanRunningMs ?? 0) / 10) / 100,
        ...(last === undefined
          ? {}
          : {
              last_execution: {
                status: statusOf(last),
                timestamp: timestampOf(last),
                execution_time: executionTimeOf(last),
              },
            }),
      };
      return ok(deps.clock.now(), stats, '获取统计信息成功');
    },
  );
}
