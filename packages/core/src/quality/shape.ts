import type { Column, Row } from '../dataset/dataset.ts';
import { parseDay } from '../day.ts';
import type { Rule, RuleId } from './rule.ts';

/** What is wrong with a row, and by which rule. */
export interface Fault {
  readonly rule: RuleId;
  readonly detail: string;
}

/** Rules that follow from the columns of a data set; `columnFault` and the keys of a batch apply them. */
export const SHAPE_RULES: readonly Rule[] = [
  {
    id: 'key_missing',
    action: 'refuse',
    text: { en: 'each column of the key is there and has its form', zh: '主键各列齐全且格式正确' },
  },
  {
    id: 'value_missing',
    action: 'refuse',
    text: { en: 'columns that must have a value have one', zh: '必填列有值' },
  },
  {
    id: 'wrong_type',
    action: 'refuse',
    text: { en: 'each value is of the type of its column', zh: '值与列类型一致' },
  },
  { id: 'not_finite', action: 'refuse', text: { en: 'numbers are finite', zh: '数值有限' } },
  {
    id: 'not_whole',
    action: 'refuse',
    text: { en: 'numbers of shares are whole', zh: '股数为整数' },
  },
  {
    id: 'duplicate_key',
    action: 'refuse',
    text: { en: 'no other row of the answer has the key', zh: '同一批数据中主键不重复' },
  },
];

/**
 * The first value of a row that its column does not allow, the key's columns left to the caller. A
 * column that the row lacks altogether is no fault: the source does not fill it.
 * @example columnFault({ volume: 1.5 }, DATASETS.daily_bars.columns.slice(2))?.rule // 'not_whole'
 */
export function columnFault(row: Row, columns: readonly Column[]): Fault | undefined {
  for (const column of columns) {
    const value = row[column.name];
    if (value === undefined) continue;
    if (value === null) {
      if (column.nullable !== true) return { rule: 'value_missing', detail: `${column.name} is empty` };
      continue;
    }
    const rule = valueFault(value, column.type);
    if (rule !== undefined)
      return { rule, detail: `${column.name} ${JSON.stringify(value) ?? String(value)}` };
  }
  return undefined;
}

function valueFault(value: string | number | boolean, type: Column['type']): RuleId | undefined {
  switch (type) {
    case 'double':
      return typeof value === 'number' ? finiteFault(value) : 'wrong_type';
    case 'bigint':
      if (typeof value !== 'number') return 'wrong_type';
      return Number.isSafeInteger(value) ? undefined : (finiteFault(value) ?? 'not_whole');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'wrong_type';
    case 'text':
      return typeof value === 'string' && !value.includes('\0') ? undefined : 'wrong_type';
    case 'day':
      return typeof value === 'string' && parseDay(value) === value ? undefined : 'wrong_type';
    case 'instant':
      if (typeof value !== 'number') return 'wrong_type';
      return Math.abs(value) <= LATEST_INSTANT ? undefined : 'not_finite';
    case 'json':
      return isJson(value) ? undefined : 'wrong_type';
  }
}

/** 9999-12-31, in milliseconds: later ones are slips of units. */
const LATEST_INSTANT = 253_402_214_400_000;

function isJson(value: string | number | boolean): boolean {
  // PostgreSQL keeps no NUL, escaped or not
  if (typeof value !== 'string' || value.includes('\\u0000')) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function finiteFault(value: number): RuleId | undefined {
  return Number.isFinite(value) ? undefined : 'not_finite';
}
