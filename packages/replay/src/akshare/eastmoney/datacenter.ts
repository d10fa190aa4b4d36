import { parseDay } from '@tapekeeper/core';
import { hasRow, movedRows } from '../../faults/dataFaults.ts';
import { countParam, type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { json, type Reply } from '../reply.ts';
import { symbolOfCode } from '../spellings.ts';
import { dividendRows } from './dividendRows.ts';
import { type Condition, meets, readFilter, type ReportRow, valuesOf } from './filter.ts';
import { summaryRows } from './summaryRows.ts';
import { suspensionRows } from './suspensionRows.ts';

/** A report of the data centre. */
interface ReportTable {
  /** Rows that may meet the conditions; those that are compared row by row need no heed. */
  readonly rows: (call: WebCall, conditions: readonly Condition[]) => readonly ReportRow[];
  /** The column that says which day or period a row is of, and whose values a call may ask for. */
  readonly dayColumn: string;
  /** Conditions that only choose what `rows` gives. */
  readonly choosing: readonly string[];
}

const PAGE_ROWS = 500;

const TABLES: Readonly<Record<string, ReportTable>> = {
  RPT_LICO_FN_CPD: { rows: summaryRows, dayColumn: 'REPORTDATE', choosing: [] },
  RPT_SHAREBONUS_DET: { rows: dividendRows, dayColumn: 'REPORT_DATE', choosing: [] },
  RPT_CUSTOM_SUSPEND_DATA_INTERFACE: {
    rows: suspensionRows,
    dayColumn: 'DATETIME',
    choosing: ['MARKET', 'DATETIME'],
  },
};

/** Reports by name, with a filter, an order and pages. */
export function datacenterEndpoint(): Endpoint {
  return {
    origin: 'datacenter',
    name: 'report',
    path: /^\/api\/data\/v1\/get$/,
    asked,
    answer,
  };
}

function asked(request: WebRequest): { symbols: readonly string[]; day: string | undefined } {
  const conditions = readFilter(param(request, 'filter')) ?? [];
  const table = TABLES[param(request, 'reportName')];
  const symbols = (valuesOf(conditions, 'SECURITY_CODE') ?? []).flatMap((code) => symbolOfCode(code) ?? []);
  const days = (table && valuesOf(conditions, table.dayColumn)) ?? [];
  return { symbols, day: days.length === 1 ? parseDay(days[0]!.slice(0, 10)) : undefined };
}

function answer(call: WebCall): Reply {
  const { request, plan } = call;
  const columns = param(request, 'columns');
  if (columns === '') return refusal(9501, '返回字段参数不能为空');
  const name = param(request, 'reportName');
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
  if (table === undefined) return refusal(9501, '报表配置不存在');
  const conditions = readFilter(param(request, 'filter'));
  if (conditions === undefined) return refusal(9501, 'filter参数格式错误');

  const compared = conditions.filter(({ column }) => !table.choosing.includes(column));
  const found = plan.empty
    ? []
    : table
        .rows(call, conditions)
        .filter((row) => compared.every((condition) => meets(row, condition)))
        .filter((row) => isPublished(call, row, table.dayColumn));
  const rows = sorted(found, param(request, 'sortColumns'), param(request, 'sortTypes'));
  const size = countParam(request, 'pageSize', 50, Math.min(PAGE_ROWS, plan.pageCap ?? PAGE_ROWS));
  const offset = (countParam(request, 'pageNumber', 1) - 1) * size;
  const page = movedRows(plan.data, rows, offset).slice(offset, offset + size);
  if (page.length === 0) return refusal(9201, '返回数据为空');
  return json({
    version: '3cbd62a4bd1ee6ec3ed22d1e24ff08ad',
    result: {
      pages: Math.ceil(rows.length / size),
      data: page.map((row) => picked(row, columns)),
      count: rows.length,
    },
    success: true,
    message: 'ok',
    code: 0,
  });
}

/** How the data centre says no: in the answer, never by status. */
export function refusal(code: number | string, message: string): Reply {
  return json({ version: null, result: null, success: false, message, code });
}

function isPublished({ plan }: WebCall, row: ReportRow, dayColumn: string): boolean {
  const symbol = symbolOfCode(String(row['SECURITY_CODE']));
  return symbol === undefined || hasRow(plan.data, symbol, String(row[dayColumn] ?? '').slice(0, 10));
}

function picked(row: ReportRow, columns: string): ReportRow {
  if (columns === 'ALL') return row;
  return Object.fromEntries(columns.split(',').flatMap((name) => (name in row ? [[name, row[name]!]] : [])));
}

/** By columns and directions that run beside each other: -1 falls, 1 rises; rows without a value come last. */
function sorted(rows: readonly ReportRow[], columns: string, types: string): readonly ReportRow[] {
  const directions = types.split(',').map((type) => (type === '1' ? 1 : -1));
  const orders = columns
    .split(',')
    .filter((column) => column !== '')
    .map((column, index) => ({ column, sign: directions[index] ?? -1 }));
  return rows.toSorted((a, b) => {
    for (const { column, sign } of orders) {
      const [left, right] = [a[column] ?? null, b[column] ?? null];
      if (left === right) continue;
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right ? -sign : sign;
    }
    return 0;
  });
}
