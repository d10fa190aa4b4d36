import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { deleteJob, stepJob, type JobStep } from '../../../../app/jobs/keepJobs.ts';
import type { JobView } from '../../../../ports/jobStore.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { jobFacts } from '../../../routes/jobs/jobFacts.ts';
import { inWords } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { about, withToken } from '../route.ts';
import { findTask, wordsOf } from './findTask.ts';
import { createTask, updateTask } from './keepTask.ts';
import { listTasks } from './listTasks.ts';
import { presentTasks } from './presentTasks.ts';
import {
  newTaskSchema,
  taskChangeSchema,
  taskListQuerySchema,
  taskListSchema,
  taskParamsSchema,
  taskRefSchema,
  taskSchema,
  type Task,
  type TaskChange,
} from './taskSchema.ts';
import { triggerTask } from './triggerTask.ts';

const TASKS = '/api/v1/scheduler/tasks';

const STEPS = {
  enable: 'Put a task in use',
  disable: 'Take a task out of use',
  pause: 'Stop a task from running by its schedule for a while',
  resume: 'Let a paused task run by its schedule again',
} as const;

/** Tasks, in both generations: by path and method, and all by POST with numbers in the body. */
export function taskRoutes(app: HttpApp, { deps }: HttpContext): void {
  const show = async (job: JobView): Promise<Task> => (await presentTasks(deps, [job]))[0] as Task;
  const get = async (id: number): Promise<Task> => show(await findTask(deps, id));

  const update = async (request: FastifyRequest, id: number, change: TaskChange): Promise<Task> => {
    const former = await findTask(deps, id);
    noteOperation(request, { id: String(id), before: jobFacts(former) });
    const updated = await inWords(wordsOf(id), () => updateTask(deps, former, change, authorOf(request)));
    noteOperation(request, { after: jobFacts(updated) });
    return show(updated);
  };
  const remove = async (request: FastifyRequest, id: number): Promise<void> => {
    const job = await findTask(deps, id);
    noteOperation(request, { id: String(id), before: jobFacts(job) });
    const words = {
      job_busy: [400, `任务 '${job.definition.name}' 正在运行中，无法删除`],
      job_in_use: [400, `任务 '${job.definition.name}' 正被其他任务使用，无法删除`],
    } as const;
    await inWords({ ...wordsOf(id), ...words }, () => deleteJob(deps, id, authorOf(request)));
  };
  const step = async (request: FastifyRequest, id: number, what: JobStep): Promise<Task> => {
    const { state, definition } = await findTask(deps, id);
    noteOperation(request, { id: String(id), before: { state } });
    const idle = `任务 '${definition.name}' 未启用，无法暂停或恢复`;
    const { job } = await inWords({ ...wordsOf(id), bad_job_step: [400, idle] }, () =>
      stepJob(deps, id, what, authorOf(request)),
    );
    noteOperation(request, { after: { state: job.state } });
    return show(job);
  };

  const one = documentedAnswers(200, taskSchema);
  const gone = documentedAnswers(204, z.null().describe('nothing'));

  app.post(
    TASKS,
    {
      schema: {
        ...withToken('zquantCreateTask', 'Keep a new task'),
        body: newTaskSchema,
        response: documentedAnswers(201, taskSchema),
      },
    },
    async (request, reply) => {
      const job = await createTask(deps, request.body, authorOf(request));
      noteOperation(request, { id: String(job.id), after: jobFacts(job) });
      return reply.code(201).send(await show(job));
    },
  );

  const listed = documentedAnswers(200, taskListSchema);
  app.get(
    TASKS,
    { schema: { ...about('zquantListTasks', 'Tasks'), querystring: taskListQuerySchema, response: listed } },
    ({ query }) => listTasks(deps, query),
  );
  app.post(
    `${TASKS}/query`,
    {
      schema: { ...withToken('zquantListTasksAlias', 'Tasks'), body: taskListQuerySchema, response: listed },
    },
    ({ body }) => listTasks(deps, body),
  );

  app.get(
    `${TASKS}/:id`,
    { schema: { ...about('zquantGetTask', 'One task'), params: taskParamsSchema, response: one } },
    ({ params }) => get(params.id),
  );
  app.post(
    `${TASKS}/get`,
    { schema: { ...withToken('zquantGetTaskAlias', 'One task'), body: taskRefSchema, response: one } },
    ({ body }) => get(body.task_id),
  );

  app.put(
    `${TASKS}/:id`,
    {
      schema: {
        ...withToken('zquantUpdateTask', 'Change a task; what is left out stays'),
        params: taskParamsSchema,
        body: taskChangeSchema,
        response: one,
      },
    },
    (request) => update(request, request.params.id, request.body),
  );
  app.post(
    `${TASKS}/update`,
    {
      schema: {
        ...withToken('zquantUpdateTaskAlias', 'Change a task; what is left out stays'),
        body: taskChangeSchema.extend(taskRefSchema.shape),
        response: one,
      },
    },
    (request) => update(request, request.body.task_id, request.body),
  );

  app.delete(
    `${TASKS}/:id`,
    {
      schema: {
        ...withToken('zquantDeleteTask', 'Take a task away'),
        params: taskParamsSchema,
        response: gone,
      },
    },
    async (request, reply) => {
      await remove(request, request.params.id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${TASKS}/delete`,
    {
      schema: {
        ...withToken('zquantDeleteTaskAlias', 'Take a task away'),
        body: taskRefSchema,
        response: gone,
      },
    },
    async (request, reply) => {
      await remove(request, request.body.task_id);
      return reply.code(204).send(null);
    },
  );

  for (const what of Object.keys(STEPS) as (keyof typeof STEPS)[]) {
    const name = `zquant${what[0]?.toUpperCase()}${what.slice(1)}Task`;
    app.post(
      `${TASKS}/:id/${what}`,
      { schema: { ...withToken(name, STEPS[what]), params: taskParamsSchema, response: one } },
      (request) => step(request, request.params.id, what),
    );
    app.post(
      `${TASKS}/${what}`,
      { schema: { ...withToken(`${name}Alias`, STEPS[what]), body: taskRefSchema, response: one } },
      (request) => step(request, request.body.task_id, what),
    );
  }

  const done = documentedAnswers(200, z.strictObject({ message: z.string() }).meta({ id: 'ZquantMessage' }));
  app.post(
    `${TASKS}/:id/trigger`,
    {
      schema: {
        ...withToken('zquantTriggerTask', 'Begin a run now'),
        params: taskParamsSchema,
        response: done,
      },
    },
    (request) => triggerTask(deps, request, request.params.id),
  );
  app.post(
    `${TASKS}/trigger`,
    {
      schema: {
        ...withToken('zquantTriggerTaskAlias', 'Begin a run now'),
        body: taskRefSchema,
        response: done,
      },
    },
    (request) => triggerTask(deps, request, request.body.task_id),
  );
}
