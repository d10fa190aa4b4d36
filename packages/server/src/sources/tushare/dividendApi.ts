import { readDay, readNumber, readText } from '../cell.ts';
import { field, tenThousandsToShares, type Complete, type TushareApi } from './api.ts';

/** Words for how far a dividend has come. What is not among them is set aside, to be looked at. */
const PROGRESS: ReadonlyMap<unknown, string> = new Map([
  ['预披露', 'proposal'],
  ['股东提议', 'proposal'],
  ['预案', 'proposal'],
  ['董事会预案', 'proposal'],
  ['决案', 'approved'],
  ['股东大会通过', 'approved'],
  ['实施', 'implemented'],
  ['实施方案', 'implemented'],
  ['取消', 'cancelled'],
  ['停止实施', 'cancelled'],
  ['未通过', 'cancelled'],
  ['股东大会否决', 'cancelled'],
]);

/** The board said that nothing is shared out: no dividend. */
const NOTHING = '不分配';

const complete: Complete = (row, { get }) => {
  const word = get('div_proc');
  if (word === NOTHING) return { kind: 'left_out' };
  const progress = PROGRESS.get(word);
  if (progress === undefined) return unreadable('div_proc is no word for progress');

  const announced = readDay(get('ann_date') ?? null);
  if (announced === undefined) return unreadable('ann_date cannot be read');
  // Dividends of the first years have only the announcement that they are carried out.
  const annDate = announced ?? row.imp_ann_date ?? null;
  if (annDate === null) return unreadable('ann_date is empty');

  const parts = partsOf(get);
  if (parts === undefined) return unreadable('stk_div cannot be read');
  return { kind: 'row', row: { ...row, progress, ann_date: annDate, ...parts } };
};

/** Shares come as a sum and as its two parts, of which one or both may be missing. */
function partsOf(get: (field: string) => unknown) {
  const [sum, bonus, transfer] = ['stk_div', 'stk_bo_rate', 'stk_co_rate'].map((name) =>
    readNumber(get(name) ?? null),
  );
  if (sum === undefined || bonus === undefined || transfer === undefined) return undefined;
  // A sum without its parts counts as bonus shares: for prices the two are the same.
  if (bonus === null && sum !== null) return { bonus: less(sum, transfer ?? 0), transfer: transfer ?? 0 };
  if (transfer === null && sum !== null) return { bonus, transfer: less(sum, bonus ?? 0) };
  return { bonus, transfer };
}

/** Ratios have at most eight decimals; the difference of two doubles would have more. */
function less(sum: number, part: number): number {
  return Number((sum - part).toFixed(8)) + 0;
}

function unreadable(reason: string) {
  return { kind: 'unreadable', reason } as const;
}

export const dividend: TushareApi = {
  api: 'dividend',
  dataset: 'dividends',
  pageRows: 2000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('end_date', readDay, 'period'),
    field('cash_div_tax', readNumber, 'cash'),
    field('cash_div', readNumber, 'cash_after_tax'),
    field('record_date', readDay),
    field('ex_date', readDay),
    field('pay_date', readDay),
    field('div_listdate', readDay, 'share_list_date'),
    field('imp_ann_date', readDay),
    field('base_share', tenThousandsToShares, 'base_shares'),
  ],
  beside: ['ann_date', 'div_proc', 'stk_div', 'stk_bo_rate', 'stk_co_rate', 'update_flag'],
  derived: ['progress', 'ann_date', 'bonus', 'transfer'],
  complete,
  correctedBy: 'update_flag',
  repeated: (corrected) => corrected,
};
