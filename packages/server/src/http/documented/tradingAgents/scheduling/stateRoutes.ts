import type { HttpApp, HttpContext } from '../../../context.ts';
import type { JobAction } from '../../../../ports/jobStore.ts';
import { naiveShanghai } from '../../times.ts';
import { documentedAnswers } from '../../system.ts';
import { ok } from '../envelope.ts';
import { jobIdsOf } from './namedJobs.ts';
import {
  healthSchema,
  historyQuerySchema,
  historySchema,
  jobHistoryQuerySchema,
  jobParamsSchema,
  statsSchema,
} from './schemas.ts';

/** A scheduler that has been silent for longer is told of as stopped, as everywhere. */
const STALLED_MS = 4_000;

/** What was done, as their history words it. A disabled job is a paused one there. */
const ACTIONS: Readonly<Record<JobAction, string>> = {
  created: 'create',
  updated: 'update',
  enabled: 'resume',
  disabled: 'pause',
  paused: 'pause',
  resumed: 'resume',
  triggered: 'trigger',
  deleted: 'delete',
};

interface Asked {
  readonly job_id?: string | undefined;
  readonly status?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** What people did to jobs, and how the scheduler is. */
export function schedulerStateRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];

  /** What failed has changed nothing and is not in the history: it is in the audit log. */
  const history = async ({ job_id: job, status, limit, offset }: Asked) => {
    const isNone = status !== undefined && status !== '' && status !== 'success';
    const jobIds = isNone ? [] : await jobIdsOf(deps, job);
    const [actions, total] = await Promise.all([
      deps.store.jobActions({ jobIds, offset, limit }),
      deps.store.jobActionCount(jobIds),
    ]);
    const shown = actions.map(({ jobKey, action, at }) => ({
      job_id: jobKey,
      action: ACTIONS[action],
      status: 'success' as const,
      error_message: null,
      timestamp: naiveShanghai(at),
    }));
    const data = { history: shown, total, limit, offset };
    return ok(deps.clock.now(), data, `获取到 ${shown.length} 条执行记录`);
  };

  const isRunning = async (): Promise<boolean> =>
    (await deps.store.schedulers()).some(({ silentMs }) => silentMs <= STALLED_MS);

  app.get(
    '/api/scheduler/history',
    {
      schema: {
        operationId: 'tradingAgentsHistory',
        summary: 'What people did to jobs, newest first',
        tags,
        querystring: historyQuerySchema,
        response: documentedAnswers(200, historySchema),
      },
    },
    async ({ query }) => history(query),
  );

  app.get(
    '/api/scheduler/jobs/:job_id/history',
    {
      schema: {
        operationId: 'tradingAgentsJobHistory',
        summary: 'What people did to a job, newest first',
        tags,
        params: jobParamsSchema,
        querystring: jobHistoryQuerySchema,
        response: documentedAnswers(200, historySchema),
      },
    },
    async ({ params, query }) => history({ ...query, job_id: params.job_id }),
  );

  app.get(
    '/api/scheduler/stats',
    {
      schema: {
        operationId: 'tradingAgentsSchedulerStats',
        summary: 'How many jobs there are, and whether the scheduler runs',
        tags,
        response: documentedAnswers(200, statsSchema),
      },
    },
    async () => {
      const [{ enabled, paused, disabled }, running] = await Promise.all([
        deps.store.jobCounts(),
        isRunning(),
      ]);
      const stats = {
        total_jobs: enabled + paused + disabled,
        running_jobs: enabled,
        paused_jobs: paused + disabled,
        scheduler_running: running,
        scheduler_state: running ? 1 : 0,
      };
      return ok(deps.clock.now(), stats, '获取统计信息成功');
    },
  );

  app.get(
    '/api/scheduler/health',
    {
      schema: {
        operationId: 'tradingAgentsSchedulerHealth',
        summary: 'Whether the scheduler runs',
        tags,
        response: documentedAnswers(200, healthSchema),
      },
    },
    async () => {
      const running = await isRunning();
      const now = deps.clock.now();
      const status = running ? ('healthy' as const) : ('stopped' as const);
      const data = { status, running, state: running ? 1 : 0, timestamp: naiveShanghai(now) };
      return ok(now, data, running ? '调度器运行正常' : '调度器已停止');
    },
  );
}
