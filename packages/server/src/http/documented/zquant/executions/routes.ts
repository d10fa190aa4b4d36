import type { HttpApp, HttpContext } from '../../../context.ts';
import { documentedAnswers } from '../../system.ts';
import { about, withToken } from '../route.ts';
import { findTask } from '../tasks/findTask.ts';
import { taskParamsSchema, taskRefSchema } from '../tasks/taskSchema.ts';
import { whole } from '../../fields.ts';
import { controlExecution, type Control } from './controlExecution.ts';
import {
  executionListQuerySchema,
  executionListSchema,
  executionRefSchema,
  executionSchema,
  statsQuerySchema,
  statsSchema,
  type Execution,
  type ExecutionListWish,
} from './executionSchema.ts';
import { executionStats } from './executionStats.ts';
import { findExecution } from './findExecution.ts';
import { presentExecutions } from './presentExecutions.ts';
import { readTime } from './readTimes.ts';
import { statesOf } from './statusWords.ts';

const SCHEDULER = '/api/v1/scheduler';

const CONTROLS: Readonly<Record<Control, string>> = {
  pause: 'Pause an execution',
  resume: 'Let an execution go on, or take one up again that failed',
  terminate: 'End an execution; asked twice, at once',
};

/** Executions of tasks and what they summed up to, in both generations. */
export function executionRoutes(app: HttpApp, { deps }: HttpContext): void {
  const list = async (
    taskId: number,
    wish: ExecutionListWish,
  ): Promise<{ executions: Execution[]; total: number }> => {
    await findTask(deps, taskId);
    const { runs, total } = await deps.store.jobRunPage({
      jobId: taskId,
      states: statesOf(wish.status ?? undefined),
      from: readTime('start_time', wish.start_time ?? wish.start_date, 'begins'),
      until: readTime('end_time', wish.end_time ?? wish.end_date, 'ends'),
      skip: wish.skip,
      limit: wish.limit,
    });
    return { executions: await presentExecutions(deps, runs), total };
  };
  const get = async (taskId: number, id: number): Promise<Execution> => {
    await findTask(deps, taskId);
    const [execution] = await presentExecutions(deps, [await findExecution(deps, id, taskId)]);
    return execution as Execution;
  };
  const stats = async (taskId: number | null | undefined) => {
    if (taskId != null) await findTask(deps, taskId);
    return executionStats(deps, taskId ?? undefined);
  };

  const listed = documentedAnswers(200, executionListSchema);
  app.get(
    `${SCHEDULER}/tasks/:id/executions`,
    {
      schema: {
        ...about('zquantListExecutions', 'Executions of a task, newest first'),
        params: taskParamsSchema,
        querystring: executionListQuerySchema,
        response: listed,
      },
    },
    ({ params, query }) => list(params.id, query),
  );
  app.post(
    `${SCHEDULER}/tasks/executions/list`,
    {
      schema: {
        ...withToken('zquantListExecutionsAlias', 'Executions of a task, newest first'),
        body: executionListQuerySchema.extend(taskRefSchema.shape),
        response: listed,
      },
    },
    ({ body }) => list(body.task_id, body),
  );

  const one = documentedAnswers(200, executionSchema);
  app.get(
    `${SCHEDULER}/tasks/:id/executions/:eid`,
    {
      schema: {
        ...about('zquantGetExecution', 'One execution of a task'),
        params: taskParamsSchema.extend({ eid: whole() }),
        response: one,
      },
    },
    ({ params }) => get(params.id, params.eid),
  );
  app.post(
    `${SCHEDULER}/tasks/executions/get`,
    {
      schema: {
        ...withToken('zquantGetExecutionAlias', 'One execution of a task'),
        body: taskRefSchema.extend(executionRefSchema.shape),
        response: one,
      },
    },
    ({ body }) => get(body.task_id, body.execution_id),
  );

  for (const what of Object.keys(CONTROLS) as Control[]) {
    const name = `zquant${what[0]?.toUpperCase()}${what.slice(1)}Execution`;
    app.post(
      `${SCHEDULER}/executions/${what}`,
      { schema: { ...withToken(name, CONTROLS[what]), body: executionRefSchema, response: one } },
      (request) => controlExecution(deps, request, request.body.execution_id, what),
    );
  }

  const summed = documentedAnswers(200, statsSchema);
  app.get(
    `${SCHEDULER}/stats`,
    {
      schema: {
        ...about('zquantGetStatistics', 'What became of executions, and how busy the process is'),
        querystring: statsQuerySchema,
        response: summed,
      },
    },
    ({ query }) => stats(query.task_id),
  );
  app.post(
    `${SCHEDULER}/stats`,
    {
      schema: {
        ...withToken('zquantGetStatisticsAlias', 'What became of executions, and how busy the process is'),
        body: statsQuerySchema.nullish(),
        response: summed,
      },
    },
    ({ body }) => stats(body?.task_id),
  );
}
