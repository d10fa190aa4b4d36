import { boardOf, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import { readText } from '../../cell.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { readDatacenter, readDayOfTime } from './datacenter.ts';
import type { DayQuestion } from './dividends.ts';
import { createGathering, type Found } from '../gathering.ts';
import { isCode, symbolOfStockCode } from '../symbols.ts';
import type { Cells } from '../text.ts';

export const SUSPENSION_COLUMNS: readonly string[] = [
  'symbol',
  'trade_date',
  'suspend_type',
  'timing',
  'reason',
];

export const SUSPENSION_REPORT = 'RPT_CUSTOM_SUSPEND_DATA_INTERFACE';

/**
 * The stocks that did not trade on a day, and those that trade again from it on. A suspension of some
 * minutes is one with its times, and no reason for a missing bar.
 */
export async function readSuspensions(
  client: AkshareClient,
  { day }: DayQuestion,
  asking: Asking,
): Promise<Found> {
  const filter = `(MARKET="全部")(DATETIME='${day}')`;
  const sort = { sortColumns: 'SUSPEND_START_DATE', sortTypes: '-1' };
  const gathering = createGathering('datacenter', 'suspensions', 'set_aside');
  const suspended = new Map<Symbol, PlainDay>();
  for (const cells of await readDatacenter(client, { report: SUSPENSION_REPORT, filter, ...sort }, asking)) {
    const symbol = symbolOfStockCode(cells['SECURITY_CODE']);
    // The report holds funds and bonds as well.
    if (symbol === undefined || boardOf(symbol) === undefined) {
      if (!isCode(cells['SECURITY_CODE'])) gathering.take('SECURITY_CODE cannot be read', cells);
      continue;
    }
    const row = rowOfSuspension(symbol, day, cells);
    if (row === undefined) continue;
    gathering.take(row, cells);
    if (typeof row !== 'string' && row['suspend_type'] === 'S' && row['timing'] === null)
      suspended.set(symbol, day);
  }
  return {
    columns: SUSPENSION_COLUMNS,
    rows: gathering.rows,
    unreadable: gathering.unreadable,
    suspended: [...suspended].map(([symbol, on]) => ({ symbol, day: on })),
  };
}

/** Undefined for one that has nothing to do with the day. */
function rowOfSuspension(symbol: Symbol, day: PlainDay, cells: Cells): Row | string | undefined {
  const start = readDayOfTime(cells['SUSPEND_START_DATE']) ?? readDayOfTime(cells['SUSPEND_START_TIME']);
  const end = readDayOfTime(cells['SUSPEND_END_TIME']);
  const resumed = readDayOfTime(cells['PREDICT_RESUME_DATE']);
  const reason = readText(cells['SUSPEND_REASON'] ?? null);
  if (!start || end === undefined || resumed === undefined || reason === undefined)
    return 'the days of a suspension cannot be read';
  const timing = timingOf(cells);
  const facts = { symbol, trade_date: day };
  if (resumed === day && start !== day) return { ...facts, suspend_type: 'R', timing: null, reason };
  const isOver = (end !== null && end < day) || (resumed !== null && resumed <= day && start !== day);
  return start > day || isOver ? undefined : { ...facts, suspend_type: 'S', timing, reason };
}

const SESSION_FROM = '09:30';
const SESSION_TO = '15:00';

/** `10:05-10:35` for one within a day's session; null for whole days. */
function timingOf(cells: Cells): string | null {
  const [startDay, start] = momentOf(cells['SUSPEND_START_TIME']);
  const [endDay, end] = momentOf(cells['SUSPEND_END_TIME']);
  if (start === undefined || end === undefined || startDay !== endDay) return null;
  return start <= SESSION_FROM && (end >= SESSION_TO || end === '00:00') ? null : `${start}-${end}`;
}

function momentOf(cell: unknown): readonly (string | undefined)[] {
  return typeof cell === 'string' ? (/^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})/.exec(cell) ?? []).slice(1) : [];
}
