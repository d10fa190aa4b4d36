import { z } from 'zod';
import type { HttpApp, HttpContext } from '../../../context.ts';
import type { JobView } from '../../../../ports/jobStore.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { readWorkflow, type Config } from '../config/workflowConfig.ts';
import { about, withToken } from '../route.ts';
import { findTask } from '../tasks/findTask.ts';
import { presentTasks } from '../tasks/presentTasks.ts';
import { taskParamsSchema, taskRefSchema, taskSchema, type Task } from '../tasks/taskSchema.ts';
import { workflowFault } from './workflowFault.ts';

const TASKS = '/api/v1/scheduler/tasks';

/** A graph as clients write it; what is wrong with it is told in the answer, not as an error. */
const graphSchema = z.record(z.string().max(200), z.unknown()).describe('workflow_type, tasks, on_failure');

const verdictSchema = z
  .strictObject({ valid: z.boolean(), message: z.string() })
  .meta({ id: 'ZquantWorkflowVerdict' });

/** The tasks that a workflow has, and whether a graph of tasks could be one; in both generations. */
export function workflowRoutes(app: HttpApp, { deps }: HttpContext): void {
  const tasksOf = async (id: number): Promise<Task[]> => {
    const { definition } = await findTask(deps, id);
    if (definition.type !== 'workflow')
      throw new DocumentedRefusal('bad_request', 400, `任务 ${id} 不是编排任务`);
    const jobs: JobView[] = [];
    for (const { jobId } of definition.params.nodes) {
      const job = await deps.store.job(jobId);
      if (job !== undefined) jobs.push(job);
    }
    return presentTasks(deps, jobs);
  };
  const validate = async (id: number, config: Config): Promise<z.output<typeof verdictSchema>> => {
    const { definition } = await findTask(deps, id);
    const read = readWorkflow(config);
    const self = definition.type === 'workflow' ? { id, group: definition.policies.group } : undefined;
    const fault = 'fault' in read ? read.fault : await workflowFault(deps, read.params, self);
    return fault === undefined ? { valid: true, message: '配置有效' } : { valid: false, message: fault };
  };

  const listed = documentedAnswers(200, z.array(taskSchema));
  app.get(
    `${TASKS}/:id/workflow`,
    {
      schema: {
        ...about('zquantListWorkflowTasks', 'Tasks of a workflow'),
        params: taskParamsSchema,
        response: listed,
      },
    },
    ({ params }) => tasksOf(params.id),
  );
  app.post(
    `${TASKS}/workflow/tasks`,
    {
      schema: {
        ...withToken('zquantListWorkflowTasksAlias', 'Tasks of a workflow'),
        body: taskRefSchema,
        response: listed,
      },
    },
    ({ body }) => tasksOf(body.task_id),
  );

  const judged = documentedAnswers(200, verdictSchema);
  app.post(
    `${TASKS}/:id/workflow/validate`,
    {
      schema: {
        ...withToken('zquantValidateWorkflow', 'Whether a graph of tasks is sound'),
        params: taskParamsSchema,
        body: graphSchema,
        response: judged,
      },
    },
    ({ params, body }) => validate(params.id, body),
  );
  app.post(
    `${TASKS}/workflow/validate`,
    {
      schema: {
        ...withToken('zquantValidateWorkflowAlias', 'Whether a graph of tasks is sound'),
        body: taskRefSchema.extend({ config: graphSchema }),
        response: judged,
      },
    },
    ({ body }) => validate(body.task_id, body.config),
  );
}
