import { csvText } from '../csvText.ts';
import { isoInstant } from '../day.ts';
import type { Language } from '../error/codes.ts';
import type { Operation } from './operation.ts';

interface CsvColumn {
  readonly en: string;
  readonly zh: string;
  readonly valueOf: (operation: Operation) => string | number | null;
}

const COLUMNS: readonly CsvColumn[] = [
  { en: 'id', zh: '编号', valueOf: ({ id }) => id },
  { en: 'time (UTC)', zh: '时间（UTC）', valueOf: ({ at }) => isoInstant(at) },
  { en: 'actor', zh: '操作者', valueOf: ({ actor }) => actor },
  { en: 'proved by', zh: '身份凭据', valueOf: ({ proof }) => proof },
  { en: 'action', zh: '操作', valueOf: ({ action }) => action },
  { en: 'object', zh: '对象类型', valueOf: ({ object }) => object.kind },
  { en: 'object id', zh: '对象编号', valueOf: ({ object }) => object.id },
  { en: 'result', zh: '结果', valueOf: ({ result }) => result },
  { en: 'status', zh: '状态码', valueOf: ({ status }) => status },
  { en: 'error', zh: '错误代码', valueOf: ({ errorCode }) => errorCode },
  { en: 'ms', zh: '耗时（毫秒）', valueOf: ({ durationMs }) => durationMs },
  { en: 'address', zh: 'IP 地址', valueOf: ({ ip }) => ip },
  { en: 'user agent', zh: '客户端', valueOf: ({ userAgent }) => userAgent },
  { en: 'request id', zh: '请求编号', valueOf: ({ requestId }) => requestId },
  { en: 'before', zh: '变更前', valueOf: ({ object }) => jsonText(object.before) },
  { en: 'after', zh: '变更后', valueOf: ({ object }) => jsonText(object.after) },
];

/** The first line of the audit log as CSV. */
export function operationCsvHead(language: Language): string {
  return lineOf(COLUMNS.map((column) => column[language]));
}

/**
 * One operation as a line of CSV, with its end; times are UTC, what was before and after is JSON.
 * @example operationCsvLine(operation) // '12,2024-01-31T09:30:00.000Z,alice,session,deleteJob,job,3,ok,…'
 */
export function operationCsvLine(operation: Operation): string {
  return lineOf(COLUMNS.map(({ valueOf }) => valueOf(operation)));
}

function lineOf(values: readonly (string | number | null)[]): string {
  const cells = values.map((value) => (typeof value === 'string' ? csvText(value) : String(value ?? '')));
  return `${cells.join(',')}\n`;
}

function jsonText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
