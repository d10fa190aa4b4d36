import { AppError } from '../error/appError.ts';
import type { NamedColumn } from './columnNames.ts';
import type { AmountUnit, ImportHints, VolumeUnit } from './importWish.ts';

/** Whose files have which columns, and so which units; each is told by names that nobody else uses together. */
export type FileFormat = 'tapekeeper' | 'tushare' | 'baostock' | 'akshare' | 'other';

const SIGNS: readonly (readonly [format: FileFormat, names: readonly string[]])[] = [
  ['tushare', ['ts_code', 'trade_date', 'vol']],
  ['tushare', ['ts_code', 'trade_date', 'turnover_rate_f']],
  ['baostock', ['date', 'code', 'preclose']],
  ['baostock', ['date', 'code', 'pettm']],
  // stock_zh_a_hist
  ['akshare', ['日期', '开盘', '成交量', '振幅', '涨跌额', '换手率']],
  ['tapekeeper', ['symbol', 'trade_date', 'pre_close', 'volume', 'amount', 'pct_chg']],
  ['tapekeeper', ['symbol', 'trade_date', 'turnover_rate_free']],
];

/** How a file writes what others write otherwise. */
interface FormatUnits {
  readonly volume: VolumeUnit;
  readonly amount: AmountUnit;
  /** Numbers of shares and market values come in ten thousands. */
  readonly inTenThousands: boolean;
}

export const FORMAT_UNITS: Readonly<Record<Exclude<FileFormat, 'other'>, FormatUnits>> = {
  tapekeeper: { volume: 'shares', amount: 'cny', inTenThousands: false },
  tushare: { volume: 'lots', amount: 'thousand', inTenThousands: true },
  baostock: { volume: 'shares', amount: 'cny', inTenThousands: false },
  akshare: { volume: 'lots', amount: 'cny', inTenThousands: false },
};

/**
 * Whose file it is, by the names of its columns.
 * @example formatOf(['ts_code', 'trade_date', 'open', 'vol', 'amount']) // 'tushare'
 */
export function formatOf(names: readonly string[]): FileFormat {
  return SIGNS.find(([, signs]) => signs.every((sign) => names.includes(sign)))?.[0] ?? 'other';
}

const WRITTEN: Readonly<Record<'volume' | 'amount', Readonly<Record<string, VolumeUnit | AmountUnit>>>> = {
  volume: { 股: 'shares', shares: 'shares', share: 'shares', 手: 'lots', lots: 'lots', lot: 'lots' },
  amount: { 元: 'cny', cny: 'cny', rmb: 'cny', yuan: 'cny', 千元: 'thousand', thousand: 'thousand' },
};

/**
 * The unit of a column: what stands in its head, what a person says, what the format is known for. Raises
 * `import_units` where none of these says it, or two of them say different things.
 */
export function unitOf(
  of: 'volume' | 'amount',
  column: NamedColumn,
  hints: ImportHints,
  format: FileFormat,
): VolumeUnit | AmountUnit {
  const written = column.unit === null ? undefined : WRITTEN[of][column.unit];
  const said = hints[of];
  const choices = of === 'volume' ? '--volume shares|lots' : '--amount cny|thousand';
  const refuse = (problem: string): AppError =>
    new AppError('import_units', { column: of, problem, choices });
  if (column.unit !== null && written === undefined) throw refuse(`its head names the unit "${column.unit}"`);
  if (written !== undefined && said !== undefined && written !== said)
    throw refuse(`its head says ${written}, and ${said} was asked for`);
  const unit = written ?? said ?? (format === 'other' ? undefined : FORMAT_UNITS[format][of]);
  if (unit === undefined) throw refuse('files of this form have one as well as the other');
  return unit;
}
