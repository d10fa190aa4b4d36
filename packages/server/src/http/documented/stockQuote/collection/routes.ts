import { openTask } from '../../../../app/collection/openTask.ts';
import { countStocks } from '../../../../app/collection/stockCounts.ts';
import { stockListReader } from '../../../../app/collection/stockList.ts';
import { cancelRun } from '../../../../app/runs/cancelRun.ts';
import { awaitRun } from '../../../../app/runs/awaitRun.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { DocumentedRefusal, inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { naiveShanghai } from '../../times.ts';
import { findTask, TASK_KEYS } from './begin.ts';
import { isEnded, presentStock, presentTask, statusOf } from './present.ts';
import * as schemas from './schemas.ts';
import { startRoutes } from './starts.ts';
import { taskIdOf } from './taskId.ts';
import { TEXTS } from './texts.ts';

const TAGS = ['documented: stock quotes'];
const PREFIX = '/api/data-collection';

/** Tasks that are listed, the newest; and stocks, the first. */
const MOST_TASKS = 100;
const MOST_STOCKS = 100;

/** How long cancelling waits for the work to stop, so that another task can be started behind it. */
const CANCEL_WAIT_MS = 10_000;

/** Collection as tasks: one at a time is started, followed and cancelled. */
export function collectionRoutes(app: HttpApp, context: HttpContext): void {
  const { deps } = context;
  const stocks = stockListReader(deps);
  startRoutes(app, context);

  app.get(
    `${PREFIX}/status/:task_id`,
    {
      schema: {
        operationId: 'stockQuoteTaskStatus',
        summary: 'How far a task is',
        tags: TAGS,
        params: schemas.taskParamsSchema,
        response: documentedAnswers(200, schemas.taskSchema),
      },
    },
    async ({ params: { task_id: id } }) => {
      const run = await findTask(deps, id);
      return presentAll([run], await countStocks(deps, [run]))[0]!;
    },
  );

  app.get(
    `${PREFIX}/tasks`,
    {
      schema: {
        operationId: 'stockQuoteListTasks',
        summary: `The newest ${MOST_TASKS} tasks, newest first`,
        tags: TAGS,
        response: documentedAnswers(200, schemas.tasksSchema),
      },
    },
    async () => {
      const runs = await deps.store.runsOfJobs(TASK_KEYS, MOST_TASKS);
      return presentAll(runs, await countStocks(deps, runs));
    },
  );

  app.delete(
    `${PREFIX}/tasks/:task_id`,
    {
      schema: {
        operationId: 'stockQuoteCancelTask',
        summary: 'Cancel a task, and wait a while until its work has stopped',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: schemas.taskParamsSchema,
        response: documentedAnswers(200, schemas.cancelledSchema),
      },
    },
    async (request) => {
      const { task_id: id } = request.params;
      const run = await findTask(deps, id);
      noteOperation(request, { id: String(run.id), before: { state: run.state } });
      if (isEnded(run)) throw new DocumentedRefusal('run_over', 400, TEXTS.over);
      const after = await inWords({ run_over: [400, TEXTS.over] }, async () => {
        await cancelRun(deps, run.id, { by: authorOf(request), reason: '', force: false });
        return awaitRun(deps, run.id, CANCEL_WAIT_MS);
      });
      noteOperation(request, { after: { state: after.state } });
      return { message: TEXTS.cancelled, task_id: id };
    },
  );

  app.get(
    `${PREFIX}/current-task`,
    {
      schema: {
        operationId: 'stockQuoteCurrentTask',
        summary: 'The task that is open',
        tags: TAGS,
        response: documentedAnswers(200, schemas.currentTaskSchema),
      },
    },
    async () => {
      const run = await openTask(deps, TASK_KEYS);
      if (run === undefined) return { current_task: null };
      return {
        current_task: {
          task_id: taskIdOf(run) ?? '',
          status: statusOf(run),
          start_time: naiveShanghai(run.createdAt),
        },
      };
    },
  );

  app.get(
    `${PREFIX}/stock-list`,
    {
      schema: {
        operationId: 'stockQuoteStockList',
        summary: `How many stocks are listed, and the first ${MOST_STOCKS}, with whether their daily bars are complete`,
        tags: TAGS,
        querystring: schemas.stockListQuerySchema,
        response: documentedAnswers(200, schemas.stockListSchema),
      },
    },
    async ({ query: { only_uncompleted } }) => {
      const all = await stocks();
      const shown = only_uncompleted ? all.filter(({ completeThrough }) => completeThrough === null) : all;
      return { total: shown.length, stocks: shown.slice(0, MOST_STOCKS).map(presentStock), only_uncompleted };
    },
  );
}

function presentAll(
  runs: readonly RunView[],
  counts: Awaited<ReturnType<typeof countStocks>>,
): schemas.Task[] {
  return runs.flatMap((run) => {
    const counted = counts.get(run.id);
    return counted === undefined ? [] : [presentTask(run, counted)];
  });
}
