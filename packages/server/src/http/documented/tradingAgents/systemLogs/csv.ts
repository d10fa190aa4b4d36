import { csvText } from '@tapekeeper/core';
import type { Log } from './present.ts';

const COLUMNS: readonly (readonly [name: string, of: (log: Log) => string | number | null])[] = [
  ['时间', ({ timestamp }) => timestamp],
  ['用户', ({ username }) => username],
  ['操作类型', ({ action_type }) => action_type],
  ['操作内容', ({ action }) => action],
  ['状态', ({ success }) => (success ? '成功' : '失败')],
  ['耗时(ms)', ({ duration_ms }) => duration_ms],
  ['IP地址', ({ ip_address }) => ip_address],
  ['错误信息', ({ error_message }) => error_message],
  ['详细信息', ({ details }) => (details === null ? null : JSON.stringify(details))],
];

/** Lines of the log as CSV that spreadsheets open: with a byte order mark, and no cell taken for a formula. */
export function csvOf(logs: readonly Log[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...logs.map((log) => COLUMNS.map(([, of]) => cell(of(log))))];
  return `\uFEFF${lines.map((cells) => `${cells.join(',')}\n`).join('')}`;
}

function cell(value: string | number | null): string {
  return typeof value === 'string' ? csvText(value) : String(value ?? '');
}
