import { z } from 'zod';
import { flag, text, whole } from '../../fields.ts';
import { okSchema } from '../envelope.ts';

const job = {
  id: z.string(),
  name: z.string(),
  /** With its zone; null while nothing is due. */
  next_run_time: z.string().nullable(),
  paused: z.boolean(),
  trigger: z.string(),
  display_name: z.string(),
  description: z.string(),
};

export const jobListSchema = okSchema(z.array(z.strictObject(job).meta({ id: 'TradingAgentsJob' }))).meta({
  id: 'TradingAgentsJobs',
});

export const jobDetailSchema = okSchema(
  z.strictObject({
    ...job,
    func: z.string(),
    args: z.array(z.unknown()),
    kwargs: z.record(z.string(), z.unknown()),
    /** In seconds; null is until the next moment. */
    misfire_grace_time: z.int().nullable(),
    max_instances: z.int(),
  }),
).meta({ id: 'TradingAgentsJobDetail' });

export const doneSchema = okSchema(z.null()).meta({ id: 'TradingAgentsDone' });

/** Keys that are not there were not there in their records either. Times are those of Shanghai, and do not say so. */
const executionSchema = z
  .strictObject({
    _id: z.string(),
    job_id: z.string(),
    job_name: z.string(),
    status: z.enum(['success', 'failed', 'missed', 'running']),
    scheduled_time: z.string(),
    /** Seconds of work, without waits; null before the end. */
    execution_time: z.number().nullable(),
    timestamp: z.string(),
    is_manual: z.boolean(),
    return_value: z.string().optional(),
    error_message: z.string().optional(),
    traceback: z.string().optional(),
    progress: z.int().optional(),
    progress_message: z.string().optional(),
    current_item: z.string().optional(),
    total_items: z.int().optional(),
    processed_items: z.int().optional(),
    updated_at: z.string().optional(),
    cancel_requested: z.boolean().optional(),
  })
  .meta({ id: 'TradingAgentsExecution' });

export const executionListSchema = okSchema(
  z.strictObject({
    items: z.array(executionSchema),
    total: z.int(),
    limit: z.int(),
    offset: z.int(),
  }),
).meta({ id: 'TradingAgentsExecutions' });

export const historySchema = okSchema(
  z.strictObject({
    history: z.array(
      z.strictObject({
        job_id: z.string(),
        action: z.string(),
        status: z.literal('success'),
        error_message: z.null(),
        timestamp: z.string(),
      }),
    ),
    total: z.int(),
    limit: z.int(),
    offset: z.int(),
  }),
).meta({ id: 'TradingAgentsJobHistory' });

export const statsSchema = okSchema(
  z.strictObject({
    total_jobs: z.int(),
    running_jobs: z.int(),
    paused_jobs: z.int(),
    scheduler_running: z.boolean(),
    /** 1 is running, 0 stopped. */
    scheduler_state: z.int(),
  }),
).meta({ id: 'TradingAgentsSchedulerStats' });

export const healthSchema = okSchema(
  z.strictObject({
    status: z.enum(['healthy', 'stopped']),
    running: z.boolean(),
    state: z.int(),
    timestamp: z.string(),
  }),
).meta({ id: 'TradingAgentsSchedulerHealth' });

export const executionStatsSchema = okSchema(
  z.strictObject({
    total: z.int(),
    success: z.int(),
    failed: z.int(),
    missed: z.int(),
    running: z.int(),
    avg_execution_time: z.number(),
    last_execution: executionSchema
      .pick({ status: true, timestamp: true, execution_time: true })
      .strict()
      .optional(),
  }),
).meta({ id: 'TradingAgentsExecutionStats' });

const MOST_SKIPPED = 1_000_000_000;

export const jobParamsSchema = z.object({ job_id: text() });
export const executionParamsSchema = z.object({ execution_id: text() });
export const triggerQuerySchema = z.object({ force: flag().default(false) });
export const markFailedQuerySchema = z.object({ reason: text(1000).default('用户手动标记为失败') });
export const jobHistoryQuerySchema = z.object({
  limit: whole(1, 100).default(20),
  offset: whole(0, MOST_SKIPPED).default(0),
});
export const historyQuerySchema = z.object({
  limit: whole(1, 200).default(50),
  offset: whole(0, MOST_SKIPPED).default(0),
  job_id: text().optional(),
  status: text().optional(),
});
export const executionsOfJobQuerySchema = z.object({
  status: text().optional(),
  is_manual: flag().optional(),
  limit: whole(1, 200).default(50),
  offset: whole(0, MOST_SKIPPED).default(0),
});
export const executionsQuerySchema = executionsOfJobQuerySchema.extend({ job_id: text().optional() });

/** The document's own path for a trigger names the job in the address or in the body. */
export const aliasQuerySchema = triggerQuerySchema.extend({ job_id: text().optional() });
export const aliasBodySchema = z.object({ job_id: text().optional(), force: flag().optional() }).nullish();

/** What the job is called, and what for; what is left out or null stays. */
export const metadataSchema = z.object({
  display_name: text().nullish(),
  description: text(4000).nullish(),
});
