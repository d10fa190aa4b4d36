import { changes, reads, type Policy } from '../../../auth/policies.ts';

/**
 * Their admins are our operators: whoever may pause and trigger jobs through `/v1` may do so here. To delete a run
 * from the history takes an admin there, and so it does here.
 */
export const SCHEDULER_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsListJobs: reads('read'),
  tradingAgentsListJobsAlias: reads('read'),
  tradingAgentsGetJob: reads('read'),
  tradingAgentsSetJobMetadata: changes('operate', 'job'),
  tradingAgentsPauseJob: changes('operate', 'job'),
  tradingAgentsResumeJob: changes('operate', 'job'),
  tradingAgentsTriggerJob: changes('operate', 'job'),
  tradingAgentsTriggerAlias: changes('operate', 'job'),
  tradingAgentsTriggerShortAlias: changes('operate', 'job'),
  tradingAgentsJobHistory: reads('read'),
  tradingAgentsHistory: reads('read'),
  tradingAgentsSchedulerStats: reads('read'),
  tradingAgentsSchedulerHealth: reads('read'),
  tradingAgentsListExecutions: reads('read'),
  tradingAgentsListLogsAlias: reads('read'),
  tradingAgentsListLogsShortAlias: reads('read'),
  tradingAgentsJobExecutions: reads('read'),
  tradingAgentsExecutionStats: reads('read'),
  tradingAgentsCancelExecution: changes('operate', 'run'),
  tradingAgentsMarkFailed: changes('operate', 'run'),
  tradingAgentsDeleteExecution: changes('admin', 'run'),
};

/** What is said to those who may not, by the operation. */
export const SCHEDULER_FORBIDDEN: Readonly<Record<string, string>> = {
  tradingAgentsSetJobMetadata: '仅管理员可以更新任务元数据',
  tradingAgentsPauseJob: '仅管理员可以暂停任务',
  tradingAgentsResumeJob: '仅管理员可以恢复任务',
  tradingAgentsTriggerJob: '仅管理员可以手动触发任务',
  tradingAgentsTriggerAlias: '仅管理员可以手动触发任务',
  tradingAgentsTriggerShortAlias: '仅管理员可以手动触发任务',
};
