import { z } from 'zod';
import { text, whole } from '../../fields.ts';
import { stampFields } from '../tasks/taskSchema.ts';
import { EXECUTION_STATUSES, STATUS_WORDS } from './statusWords.ts';

const stepSchema = z.strictObject({
  name: z.string(),
  status: z.string(),
  progress_percent: z.number(),
});

const childSchema = z.strictObject({
  task_id: z.int(),
  task_name: z.string(),
  status: z.string(),
  execution_id: z.int().nullable(),
});

/** What came of an execution: how it went, what was done, how far it is, and what it summed up to. */
const resultSchema = z
  .strictObject({
    success: z.boolean().nullable().describe('null while it is open'),
    exit_code: z.int().nullable(),
    message: z.string().nullable(),
    command: z.string().describe('what does the same by hand; of commands, the program itself'),
    work_dir: z.string().nullable().describe('of commands'),
    duration_seconds: z.number().nullable(),
    resume_from_execution_id: z.int().nullable(),
    progress_percent: z.number(),
    current_step: z.int().describe('steps that are over, and the one at hand'),
    total_steps: z.int(),
    steps: z.array(stepSchema),
    current_item: z.string().nullable(),
    total_count: z.int(),
    success_count: z.int(),
    failed_count: z.int(),
    insert_count: z.int().describe('rows that were written'),
    update_count: z.int(),
    delete_count: z.int(),
    unchanged_count: z.int().describe('rows that were there already'),
    error_summary: z.string().nullable().describe('500 characters at most'),
    workflow_type: z.string().optional(),
    total_tasks: z.int().optional(),
    failed_task_ids: z.array(z.int()).optional(),
    task_results: z.record(z.string(), childSchema).optional().describe('by number of the task'),
  })
  .meta({ id: 'ZquantExecutionResult' });
export type ExecutionResult = z.output<typeof resultSchema>;

export const executionSchema = z
  .strictObject({
    id: z.int(),
    task_id: z.int(),
    status: z.enum(EXECUTION_STATUSES),
    start_time: z.string(),
    end_time: z.string().nullable(),
    duration_seconds: z.int().nullable(),
    result: resultSchema,
    error_message: z.string().nullable(),
    retry_count: z.int(),
    progress_percent: z.number(),
    current_item: z.string().nullable(),
    total_items: z.int(),
    processed_items: z.int(),
    estimated_end_time: z.string().nullable(),
    is_paused: z.boolean(),
    terminate_requested: z.boolean(),
    ...stampFields,
  })
  .meta({ id: 'ZquantExecution' });
export type Execution = z.output<typeof executionSchema>;

export const executionListSchema = z
  .strictObject({ executions: z.array(executionSchema), total: z.int() })
  .meta({ id: 'ZquantExecutions' });

/** Deeper pages would be read from the newest on all the same. */
const DEEPEST = 1_000_000;

export const executionListQuerySchema = z.object({
  skip: whole(0, DEEPEST).default(0),
  limit: whole(1, 1000).default(100),
  status: z.enum(STATUS_WORDS).nullish(),
  start_time: text(40).nullish().describe('made at this time in Shanghai or later; a day, or a time of it'),
  end_time: text(40).nullish().describe('made before it; of a day, until its end'),
  start_date: text(40).nullish(),
  end_date: text(40).nullish(),
});
export type ExecutionListWish = z.output<typeof executionListQuerySchema>;

export const executionRefSchema = z.object({ execution_id: whole() });

export const statsQuerySchema = z.object({ task_id: whole().nullish() });

/** What became of executions, from sums; what the pools of the process have in hand is told beside it. */
export const statsSchema = z
  .strictObject({
    total_executions: z.int(),
    success_count: z.int(),
    failed_count: z.int(),
    running_count: z.int(),
    success_rate: z.number().describe('from 0 to 1'),
    avg_duration_seconds: z.number(),
    latest_execution_time: z.string().nullable(),
    executions_per_hour: z.number().describe('of the last 24 hours'),
    thread_pool: z.strictObject({ size: z.int(), active: z.int(), waiting: z.int() }),
    database_pool: z.strictObject({ size: z.int(), checked_out: z.int(), waiting: z.int() }),
  })
  .meta({ id: 'ZquantStatistics' });
