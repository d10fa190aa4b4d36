import type { Bilingual } from './bilingual.ts';

/** What is said about what people do to runs. */
export const RUN_CONTROL_TEXTS = {
  'help.runCancel': { en: 'tell a run to end', zh: '取消运行' },
  'help.runPause': { en: 'pause a run at its next item', zh: '在下一个工作项处暂停运行' },
  'help.runResume': {
    en: 'let a paused run go on, or take up a failed or cancelled one in a new run',
    zh: '继续已暂停的运行，或以新的运行接续失败、已取消的运行',
  },
  'help.runRetry': { en: 'begin a new run of what failed', zh: '对失败的部分新建运行' },
  'help.runFail': { en: 'mark an open run as failed, now', zh: '立即将未结束的运行标记为失败' },
  'help.runDelete': {
    en: 'delete the record of an ended run; its rows stay',
    zh: '删除已结束运行的记录；已采集的数据保留',
  },
  'help.runAttempts': {
    en: 'say how often a run and its items were tried, and why that failed',
    zh: '显示运行及其工作项的尝试次数与失败原因',
  },
  'option.forceCancel': {
    en: 'fence the work off now instead of waiting until it has stopped',
    zh: '立即切断其工作，而不等待其停止',
  },
  'option.failedOnly': { en: 'only tries of items that failed', zh: '仅显示失败的尝试' },
  'control.cancelled': { en: 'Run {run} is cancelled.', zh: '运行 {run} 已取消。' },
  'control.cancelling': {
    en: 'Run {run} is told to end; it is cancelled when the work on it has stopped.',
    zh: '已通知运行 {run} 结束；其工作停止后即为已取消。',
  },
  'control.paused': { en: 'Run {run} is paused.', zh: '运行 {run} 已暂停。' },
  'control.pausing': {
    en: 'Run {run} is told to pause; it does when the work on it has stopped.',
    zh: '已通知运行 {run} 暂停；其工作停止后即暂停。',
  },
  'control.goesOn': { en: 'Run {run} goes on.', zh: '运行 {run} 继续执行。' },
  'control.newRun': { en: 'Run {run} takes up run {former}.', zh: '运行 {run} 接续运行 {former}。' },
  'control.failed': { en: 'Run {run} is marked as failed.', zh: '运行 {run} 已标记为失败。' },
  'control.deleted': {
    en: 'The record of run {run} is deleted; the rows that it collected stay.',
    zh: '运行 {run} 的记录已删除；已采集的数据保留。',
  },
  'control.ofRun': { en: 'attempts of the run', zh: '运行的尝试' },
  'control.ofItems': { en: 'tries of its items, newest first', zh: '工作项的尝试，最新在前' },
  'control.noTries': { en: 'No item was tried.', zh: '没有工作项被尝试过。' },
  'column.attemptNo': { en: 'try', zh: '第几次' },
  'column.itemNo': { en: 'item', zh: '工作项' },
  'column.workerNo': { en: 'worker', zh: '工作者' },
  'column.ended': { en: 'ended', zh: '结束' },
} as const satisfies Readonly<Record<string, Bilingual>>;
