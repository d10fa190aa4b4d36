import type { Bilingual } from './bilingual.ts';

/** Lines of runs, and figures of tables. */
export const TASK_TEXTS = {
  'help.runLog': { en: 'print what a run has said', zh: '显示一次运行的日志' },
  'option.follow': { en: 'go on until the run has ended', zh: '持续显示，直到运行结束' },
  'option.tail': { en: 'only so many of the last lines', zh: '仅显示最后若干行' },
  'log.none': { en: 'Run {run} has said nothing yet.', zh: '运行 {run} 尚无日志。' },
  'statistics.none': {
    en: 'Nothing has been counted yet. Jobs of the type "statistics" count.',
    zh: '尚无统计。由 “statistics” 类型的作业统计。',
  },
  'statistics.estimated': { en: '~ estimated', zh: '~ 为估计值' },
  'column.tableSize': { en: 'size', zh: '大小' },
  'column.countedOn': { en: 'counted on', zh: '统计日期' },
  'column.lastRunOf': { en: 'last run', zh: '最近运行' },
} as const satisfies Readonly<Record<string, Bilingual>>;
