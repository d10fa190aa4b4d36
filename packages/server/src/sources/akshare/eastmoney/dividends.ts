import { boardOf, type Row } from '@tapekeeper/core';
import type { Question } from '../../../ports/source.ts';
import { readInteger, readText, scaledBy } from '../../cell.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { readDatacenter, readDayOfTime } from './datacenter.ts';
import { createGathering, field, rowOf, type Field, type Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import { symbolOfStockCode } from '../symbols.ts';
import type { Cells } from '../text.ts';

export type DayQuestion = Question & { readonly shape: 'day' };

/** Rates are per ten shares. */
const ofTenShares = scaledBy(0.1, 8);

const FIELDS: readonly Field[] = [
  field('cash', 'PRETAX_BONUS_RMB', ofTenShares),
  field('bonus', 'BONUS_RATIO', ofTenShares),
  field('transfer', 'IT_RATIO', ofTenShares),
  field('record_date', 'EQUITY_RECORD_DATE', readDayOfTime),
  field('ex_date', 'EX_DIVIDEND_DATE', readDayOfTime),
  field('base_shares', 'TOTAL_SHARES', readInteger),
];

export const DIVIDEND_COLUMNS: readonly string[] = [
  'symbol',
  'period',
  'ann_date',
  'progress',
  'imp_ann_date',
  ...FIELDS.map(({ column }) => column),
];

export const DIVIDEND_REPORT = 'RPT_SHAREBONUS_DET';

/** Words of the source for how far a dividend has come; the first that is found in its text counts. */
const PROGRESS = [
  [/取消|终止|停止|未通过|否决/, 'cancelled'],
  [/实施/, 'implemented'],
  [/股东(?:大)?会/, 'approved'],
  [/预案|预披露|董事会|提议|不分配|决案/, 'proposal'],
] as const;

/** What every company proposed to share out, or did, for one quarter. */
export async function readDividends(
  client: AkshareClient,
  { day }: DayQuestion,
  asking: Asking,
): Promise<Found> {
  const filter = `(REPORT_DATE='${day}')`;
  const sort = { sortColumns: 'PLAN_NOTICE_DATE,SECURITY_CODE', sortTypes: '-1,-1' };
  const gathering = createGathering('datacenter', 'dividends', 'set_aside');
  for (const cells of await readDatacenter(client, { report: DIVIDEND_REPORT, filter, ...sort }, asking)) {
    const period = readDayOfTime(cells['REPORT_DATE']);
    if (period !== day)
      throw malformedFrom('datacenter', `it sent ${String(period)}, which was not asked for.`);
    const symbol = symbolOfStockCode(cells['SECURITY_CODE']);
    if (symbol && boardOf(symbol) === undefined) continue;
    gathering.take(symbol ? rowOfDividend({ symbol, period }, cells) : 'SECURITY_CODE is no stock', cells);
  }
  return { columns: DIVIDEND_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

function rowOfDividend(known: Row, cells: Cells): Row | string {
  const words = readText(cells['ASSIGN_PROGRESS']) ?? '';
  const progress = PROGRESS.find(([pattern]) => pattern.test(words))?.[1];
  if (progress === undefined) return 'ASSIGN_PROGRESS cannot be read';
  const latest = readDayOfTime(cells['NOTICE_DATE']);
  const announced = readDayOfTime(cells['PLAN_NOTICE_DATE']) ?? latest;
  if (!announced || latest === undefined) return 'PLAN_NOTICE_DATE cannot be read';
  const carriedOut = progress === 'implemented' ? latest : null;
  return rowOf(
    'dividends',
    { ...known, ann_date: announced, progress, imp_ann_date: carriedOut },
    FIELDS,
    cells,
  );
}
