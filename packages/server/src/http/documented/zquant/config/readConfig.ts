import { documentedJob, type JobWork } from '@tapekeeper/core';
import { DocumentedRefusal } from '../../refusal.ts';
import { readWorkflow, type Config } from './workflowConfig.ts';

/** Kinds of tasks of the platform. */
export const TASK_TYPES = ['manual_task', 'common_task', 'workflow'] as const;
export type TaskType = (typeof TASK_TYPES)[number];

const LONGEST_CONFIG = 20_000;
const LONGEST_TIMEOUT = 604_800;

/** What a configuration asks for; refused with 400 and why where it is nothing that this program does. */
export function readWork(taskType: TaskType, config: Config): JobWork {
  if (JSON.stringify(config).length > LONGEST_CONFIG)
    throw refused(`任务配置过长，最多 ${LONGEST_CONFIG} 个字符`);
  const read = tryWork(taskType, config);
  if ('fault' in read) throw refused(read.fault);
  return read.work;
}

/** The same without refusing. */
export function tryWork(
  taskType: TaskType,
  config: Config,
): { readonly work: JobWork } | { readonly fault: string } {
  if (taskType === 'workflow') {
    const read = readWorkflow(config);
    return 'fault' in read
      ? { fault: `编排任务配置无效: ${read.fault}` }
      : { work: { type: 'workflow', params: read.params } };
  }
  const job = documentedJob(config);
  return 'refused' in job ? { fault: `任务配置无效: ${job.why.zh}` } : { work: job.work };
}

/** Seconds after which a run is stopped; null is no limit. */
export function readTimeout(config: Config): number | null {
  const given = config['timeout_seconds'];
  if (given === undefined || given === null || given === 0) return null;
  const seconds = Number(given);
  if (typeof given === 'object' || !Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TIMEOUT)
    throw refused(`timeout_seconds 必须是 1 到 ${LONGEST_TIMEOUT} 之间的整数`);
  return seconds;
}

function refused(detail: string): DocumentedRefusal {
  return new DocumentedRefusal('bad_request', 400, detail);
}
