import type { DatasetId, JobDefinition, JobWork, SyncWish } from '@tapekeeper/core';
import { sameValue } from '../sameValue.ts';
import { TASK_TYPES, tryWork, type TaskType } from './readConfig.ts';
import { showWorkflow, type Config } from './workflowConfig.ts';

/** What kind of task a job is: as it was called, where that still fits. */
export function taskTypeOf({ type, schedule, wording }: JobDefinition): TaskType {
  if (type === 'workflow') return 'workflow';
  const isManual = schedule.trigger.kind === 'manual';
  if (isManual && wording?.taskType !== 'common_task') return 'manual_task';
  return 'common_task';
}

/** The configuration of a job: the client's own words while the job does what they say, else one that says it. */
export function showConfig(definition: JobDefinition): Config {
  const config = wordedConfig(definition) ?? configOf(definition);
  const { timeout_seconds: told, ...rest } = config;
  const { timeoutSeconds } = definition.policies;
  if (Number(told ?? 0) === (timeoutSeconds ?? 0)) return config;
  return timeoutSeconds === null ? rest : { ...rest, timeout_seconds: timeoutSeconds };
}

function wordedConfig({ wording, type, params }: JobDefinition): Config | undefined {
  if (wording === undefined) return undefined;
  const taskType = TASK_TYPES.find((one) => one === wording.taskType) ?? 'common_task';
  const read = tryWork(taskType, wording.config);
  return 'work' in read && sameValue(read.work, { type, params }) ? wording.config : undefined;
}

const ACTIONS: Readonly<Partial<Record<DatasetId, string>>> = {
  stock_basics: 'sync_stock_list',
  trade_calendar: 'sync_trading_calendar',
  daily_bars: 'sync_daily_data',
  daily_basics: 'sync_daily_basic_data',
};
const SCRIPTS: Readonly<Partial<Record<DatasetId, string>>> = {
  adj_factors: 'sync_factor_data.py',
  financials: 'sync_financial_data.py',
};

/** The documented words for a work; what no document knows is told by our own names. */
export function configOf(work: JobWork): Config {
  switch (work.type) {
    case 'workflow':
      return showWorkflow(work.params);
    case 'sync':
      return syncConfig(work.params);
    case 'statistics':
      return { command: script('sync_table_statistics.py') };
    case 'example': {
      const { durationSeconds, successRate, steps, message } = work.params;
      return {
        task_action: 'example_task',
        duration_seconds: durationSeconds,
        success_rate: successRate,
        steps,
        ...(message !== undefined && { message }),
      };
    }
    case 'command':
      return { command: [work.params.program, ...work.params.args].join(' ') };
    case 'repair':
    case 'reconcile':
    case 'source_check':
    case 'retention':
    case 'export':
    case 'backup':
    case 'import':
      return { task_action: work.type, ...work.params };
  }
}

function syncConfig({ dataset, from, to, symbols, ...rest }: SyncWish): Config {
  const [file, action] = [SCRIPTS[dataset as DatasetId], ACTIONS[dataset as DatasetId]];
  if (file !== undefined && Object.values(rest).every((value) => value === undefined)) {
    const options = [
      ...(from === undefined ? [] : ['--start-date', from]),
      ...(to === undefined ? [] : ['--end-date', to]),
      ...(symbols === undefined ? [] : ['--codes', symbols.join(',')]),
    ];
    return { command: [script(file), ...options].join(' ') };
  }
  return {
    task_action: action ?? `sync_${dataset}`,
    ...(from !== undefined && { start_date: from }),
    ...(to !== undefined && { end_date: to }),
    ...(symbols !== undefined && { codes: symbols }),
    ...rest,
  };
}

function script(file: string): string {
  return `python zquant/scheduler/job/${file}`;
}
