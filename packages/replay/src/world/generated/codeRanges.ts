import { type Board, plainDay, type PlainDay } from '@tapekeeper/core';

/** Codes that an exchange gave out over some years. */
export interface CodeRange {
  readonly exchange: 'SH' | 'SZ' | 'BJ';
  readonly board: Board;
  readonly first: number;
  readonly last: number;
  /** Days between which stocks were listed under these codes. */
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Share of all stocks, in thousandths. */
  readonly share: number;
}

/** About the market of the end of 2025. */
export const CODE_RANGES: readonly CodeRange[] = [
  range('SH', 'main', 600000, 600999, '1990-12-19', '2004-12-31', 135),
  range('SH', 'main', 601001, 601999, '2006-07-05', '2025-12-31', 37),
  range('SH', 'main', 603000, 603999, '2012-01-04', '2025-12-31', 122),
  range('SH', 'main', 605001, 605599, '2020-08-03', '2025-12-31', 20),
  range('SH', 'star', 688001, 688799, '2019-07-22', '2025-12-31', 108),
  range('SZ', 'main', 1, 999, '1991-01-29', '2000-12-29', 80),
  range('SZ', 'main', 1201, 1399, '2021-04-06', '2025-12-31', 20),
  range('SZ', 'main', 2001, 2999, '2004-06-25', '2020-12-31', 170),
  range('SZ', 'chinext', 300001, 300999, '2009-10-30', '2021-06-30', 160),
  range('SZ', 'chinext', 301001, 301699, '2021-07-01', '2025-12-31', 95),
  range('BJ', 'bse', 920001, 920999, '2020-07-27', '2025-12-31', 53),
];

function range(
  exchange: CodeRange['exchange'],
  board: Board,
  first: number,
  last: number,
  from: string,
  to: string,
  share: number,
): CodeRange {
  return { exchange, board, first, last, from: plainDay(from), to: plainDay(to), share };
}
