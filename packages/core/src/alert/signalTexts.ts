import { isoInstant } from '../day.ts';
import type { Language } from '../error/codes.ts';
import type { RuleKind } from './ruleKinds.ts';
import type { Signal } from './signal.ts';

type Told = Pick<Signal, 'key' | 'kind' | 'values'>;
type Templates = Readonly<Record<Language, string>>;

/** One line for each kind of signal; `{name}` is filled from its values. */
const TEMPLATES: Readonly<Record<RuleKind, Templates>> = {
  database_trouble: {
    en: 'the database is held up: a statement waits {blockedSeconds} s for a lock, the oldest transaction is open for {transactionMinutes} min',
    zh: '数据库被阻塞：语句等待锁 {blockedSeconds} 秒，最早的事务已打开 {transactionMinutes} 分钟',
  },
  disk_low: {
    en: '{free} MB of disk are free, below {needed} MB no work is begun',
    zh: '磁盘剩余 {free} MB，低于 {needed} MB 时不再开始新工作',
  },
  scheduler_stalled: { en: 'nothing was decided for {minutes} min', zh: '调度已停顿 {minutes} 分钟' },
  no_worker: {
    en: '{runs} runs wait for a worker, the oldest for {minutes} min',
    zh: '{runs} 个运行等待工作进程，最早的已等待 {minutes} 分钟',
  },
  source_down: {
    en: '{host} of {source} is left alone: {reason}',
    zh: '{source} 的 {host} 暂停访问：{reason}',
  },
  right_missing: { en: '{source} refuses {api} ({datasets})', zh: '{source} 拒绝接口 {api}（{datasets}）' },
  budget_running_out: {
    en: '{left} of {capacity} calls of {api} at {host} are left in the window of {hours} h',
    zh: '{host} 的 {api} 在 {hours} 小时窗口内剩余 {left}/{capacity} 次调用',
  },
  consecutive_failures: {
    en: 'job {job} failed {count} times in a row, last as run {runId} ({code})',
    zh: '任务 {job} 连续失败 {count} 次，最近一次为运行 {runId}（{code}）',
  },
  failure_rate: {
    en: '{failed} of {ended} runs of job {job} failed in {hours} h ({percent} %)',
    zh: '任务 {job} 在 {hours} 小时内 {ended} 个运行中有 {failed} 个失败（{percent}%）',
  },
  stuck: {
    en: 'run {runId} has written nothing for {minutes} min',
    zh: '运行 {runId} 已 {minutes} 分钟没有进展',
  },
  missed_fire: {
    en: 'job {job} has not run for {count} due moments since {at}',
    zh: '任务 {job} 自 {at} 起有 {count} 个应触发时刻未运行',
  },
  freshness_at_risk: {
    en: '{dataset} of {days} is due at {due} and has {percent} %',
    zh: '{dataset} 的 {days} 应于 {due} 前完成，目前为 {percent}%',
  },
  freshness_missed: {
    en: '{dataset} of {days} was due at {due} and has {percent} %',
    zh: '{dataset} 的 {days} 应于 {due} 前完成，目前仅 {percent}%',
  },
  coverage_below: {
    en: '{dataset} has {gaps} gaps from {from} to {to} ({percent} % are there)',
    zh: '{dataset} 在 {from} 至 {to} 有 {gaps} 个缺口（完整率 {percent}%）',
  },
  symbols_behind: {
    en: '{count} symbols of {dataset} lack {days} days or more: {symbols}',
    zh: '{dataset} 有 {count} 只股票缺少 {days} 天以上：{symbols}',
  },
  rows_drift: {
    en: '{dataset} has {rows} rows of {day}, usual are {usual} ({percent} %)',
    zh: '{dataset} 在 {day} 有 {rows} 行，通常为 {usual} 行（{percent}%）',
  },
  channel_failing: {
    en: '{count} notices in a row did not get through channel {channel}: {error}',
    zh: '通道 {channel} 连续 {count} 条通知未能送达：{error}',
  },
  calendar_ending: {
    en: 'the trading calendar is known until {lastDay}, {days} days from now',
    zh: '交易日历仅到 {lastDay}，还有 {days} 天',
  },
};

const NETWORK: Templates = {
  en: 'none of the {sources} sources can be reached: the network of this machine may be down',
  zh: '全部 {sources} 个数据源均无法访问：本机网络可能中断',
};

/** Values that are instants. */
const INSTANTS: readonly string[] = ['at', 'until'];

/**
 * One line on a signal.
 * @example signalText(signal, 'en') // 'job a failed 3 times in a row, last as run 12 (transport)'
 */
export function signalText({ key, kind, values }: Told, language: Language): string {
  const templates = key === 'source_down:network' ? NETWORK : TEMPLATES[kind];
  return templates[language].replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value === 'number' && INSTANTS.includes(name)) return isoInstant(value);
    return String(value ?? '');
  });
}
