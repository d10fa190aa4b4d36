import { DATASETS } from '../dataset/catalogue.ts';
import type { Column } from '../dataset/dataset.ts';
import { AppError } from '../error/appError.ts';
import { COLUMN_NAMES, readColumnName, type NamedColumn } from './columnNames.ts';
import type { AmountUnit, ImportHints, VolumeUnit } from './importWish.ts';
import { FORMAT_UNITS, formatOf, unitOf, type FileFormat } from './units.ts';

/** A figure of the data set, where it stands in a line, and what it is multiplied by to be in our unit. */
export interface Figure {
  readonly column: Column;
  readonly place: number;
  readonly factor: number;
}

/** How the lines of a file are read, by its head. */
export interface FileLayout {
  readonly format: FileFormat;
  /** Places of what is no figure; -1 where the file has none of it. */
  readonly symbolAt: number;
  readonly dayAt: number;
  readonly changeAt: number;
  readonly adjustAt: number;
  readonly statusAt: number;
  readonly figures: readonly Figure[];
  /** Canonical columns that the rows fill, those of the key among them. */
  readonly columns: readonly string[];
  /** Cells of a line. */
  readonly width: number;
  readonly units: { readonly volume: VolumeUnit | null; readonly amount: AmountUnit | null };
  /** Heads of columns that are not read. */
  readonly passedOver: readonly string[];
}

/** Figures that count shares or are market values. */
const OF_SIZE = /_share$|_mv$/;

/**
 * Reads the head of a file. Raises `import_header` for one that lacks what the data set needs or has a
 * column twice, and `import_units` where it is not said what volumes or amounts are written in.
 */
export function readHeader(cells: readonly string[], hints: ImportHints): FileLayout {
  const { dataset } = hints;
  const named = cells.map(readColumnName);
  const places = placesOf(named, cells, hints);
  const at = (name: string): number => places.get(name) ?? -1;
  const format = formatOf(named.map(({ name }) => name));
  const unit = (of: 'volume' | 'amount') =>
    at(of) < 0 ? null : unitOf(of, named[at(of)] as NamedColumn, hints, format);
  const units = {
    volume: unit('volume') as VolumeUnit | null,
    amount: unit('amount') as AmountUnit | null,
  };
  const figures = DATASETS[dataset].columns
    .filter(({ name }) => !DATASETS[dataset].key.includes(name) && places.has(name))
    .map((column) => ({
      column,
      place: at(column.name),
      factor: factorOf(column.name, units, format),
    }));
  requireColumns(hints, figures, at);
  requireSizes(figures, format);
  const derived = at('pre_close') < 0 && at('change') >= 0 ? ['pre_close'] : [];
  return {
    format,
    symbolAt: at('symbol'),
    dayAt: at('trade_date'),
    changeAt: at('pre_close') < 0 ? at('change') : -1,
    adjustAt: at('adjustflag'),
    statusAt: at('tradestatus'),
    figures,
    columns: [...DATASETS[dataset].key, ...figures.map(({ column }) => column.name), ...derived],
    width: cells.length,
    units,
    passedOver: cells.filter((_, place) => ![...places.values()].includes(place)),
  };
}

function placesOf(
  named: readonly NamedColumn[],
  cells: readonly string[],
  { dataset }: ImportHints,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [column, names] of Object.entries(COLUMN_NAMES[dataset])) {
    const found = named.flatMap(({ name }, place) => (names.includes(name) ? [place] : []));
    if (found.length > 1) {
      const heads = found.map((place) => cells[place]).join(', ');
      throw headerError(dataset, `the columns ${heads} all mean ${column}`);
    }
    if (found[0] !== undefined) places.set(column, found[0]);
  }
  return places;
}

function factorOf(name: string, units: FileLayout['units'], format: FileFormat): number {
  if (name === 'volume') return units.volume === 'lots' ? 100 : 1;
  if (name === 'amount') return units.amount === 'thousand' ? 1000 : 1;
  return OF_SIZE.test(name) && format !== 'other' && FORMAT_UNITS[format].inTenThousands ? 10_000 : 1;
}

function requireColumns(
  { dataset, symbol }: ImportHints,
  figures: readonly Figure[],
  at: (name: string) => number,
): void {
  const has = new Set(figures.map(({ column }) => column.name));
  const missing = [
    ...(at('symbol') < 0 && symbol === undefined ? ['code (代码, or --symbol)'] : []),
    ...(at('trade_date') < 0 ? ['date (日期)'] : []),
    ...DATASETS[dataset].columns
      .filter(({ name, nullable }) => nullable !== true && !DATASETS[dataset].key.includes(name))
      .filter(({ name }) => !has.has(name) && !(name === 'pre_close' && at('change') >= 0))
      .map(({ name }) => (name === 'pre_close' ? 'pre_close (昨收, or 涨跌额)' : name)),
  ];
  if (missing.length > 0) throw headerError(dataset, `it lacks ${missing.join(', ')}`);
  if (at('symbol') >= 0 && symbol !== undefined)
    throw headerError(dataset, 'it has a column of symbols, and a symbol was named for all of it');
  if (figures.length === 0) throw headerError(dataset, 'none of its columns is one of the data set');
}

/** Tushare counts sizes in ten thousands, others do not: only a known form tells. */
function requireSizes(figures: readonly Figure[], format: FileFormat): void {
  const size = figures.find(({ column }) => OF_SIZE.test(column.name));
  if (size === undefined || format !== 'other') return;
  throw new AppError('import_units', {
    column: size.column.name,
    problem: 'some files count in ten thousands',
    choices: 'the names of the columns of Tushare, or of "tapekeeper export"',
  });
}

function headerError(dataset: string, problem: string): AppError {
  return new AppError('import_header', { dataset, problem });
}
