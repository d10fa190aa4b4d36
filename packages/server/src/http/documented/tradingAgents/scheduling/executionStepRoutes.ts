import { AppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { cancelRun } from '../../../../app/runs/cancelRun.ts';
import { deleteRun } from '../../../../app/runs/deleteRun.ts';
import { findRun, isOver } from '../../../../app/runs/findRun.ts';
import { markFailed } from '../../../../app/runs/markFailed.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { documentedAnswers } from '../../system.ts';
import { ok } from '../envelope.ts';
import { isExecution, readExecutionId } from '../executionId.ts';
import { refusedAs } from './refusedAs.ts';
import { doneSchema, executionParamsSchema, markFailedQuerySchema } from './schemas.ts';

/** What people do to a run. */
export function schedulerExecutionStepRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  /** The run that an id was made of, noted as it is. Raises `unknown_run` for any other text. */
  const executionOf = async (request: FastifyRequest, id: string): Promise<RunView> => {
    const read = readExecutionId(id);
    if (read === undefined) throw new AppError('unknown_run', { run: id });
    noteOperation(request, { id: String(read.runId) });
    const run = await findRun(deps, read.runId);
    if (!isExecution(read, run)) throw new AppError('unknown_run', { run: id });
    const { state, type, dataset, jobId } = run;
    noteOperation(request, { before: { state, type, dataset, jobId } });
    return run;
  };
  const shared = {
    tags: [tag],
    security: NEEDS_TOKEN,
    params: executionParamsSchema,
    response: documentedAnswers(200, doneSchema),
  };

  app.post(
    '/api/scheduler/executions/:execution_id/cancel',
    {
      schema: {
        ...shared,
        operationId: 'tradingAgentsCancelExecution',
        summary: 'Cancel a run; it is over when the work has stopped',
      },
    },
    async (request) =>
      refusedAs([400, '取消任务失败'], async () => {
        const run = await executionOf(request, request.params.execution_id);
        if (isOver(run)) throw new AppError('run_over', { run: run.id, state: run.state });
        const stopped = await cancelRun(deps, run.id, { by: authorOf(request), reason: '', force: false });
        noteOperation(request, { after: { state: stopped.state } });
        return ok(deps.clock.now(), null, '已设置取消标记，任务将在下次检查时停止');
      }),
  );

  app.post(
    '/api/scheduler/executions/:execution_id/mark-failed',
    {
      schema: {
        ...shared,
        operationId: 'tradingAgentsMarkFailed',
        summary: 'Mark an open run as failed, now',
        querystring: markFailedQuerySchema,
      },
    },
    async (request) =>
      refusedAs([400, '标记失败'], async () => {
        const run = await executionOf(request, request.params.execution_id);
        const { reason } = request.query;
        const failed = await markFailed(deps, run.id, { by: authorOf(request), reason });
        noteOperation(request, { after: { state: failed.state, reason } });
        return ok(deps.clock.now(), null, '已标记为失败状态');
      }),
  );

  app.delete(
    '/api/scheduler/executions/:execution_id',
    {
      schema: {
        ...shared,
        operationId: 'tradingAgentsDeleteExecution',
        summary: 'Delete the record of an ended run; the rows that it collected stay',
      },
    },
    async (request) =>
      refusedAs([400, '删除失败'], async () => {
        const run = await executionOf(request, request.params.execution_id);
        await deleteRun(deps, run.id);
        return ok(deps.clock.now(), null, '执行记录已删除');
      }),
  );
}
