import { DATASETS, type DatasetId, type Row } from '@tapekeeper/core';
import { distance, isWithin, toleranceOf, type Pair } from './fields.ts';

/** Rows of a data set by natural key. */
export type Table = ReadonlyMap<string, Row>;

export interface FieldFigures {
  /** Rows in which both sources have a value. */
  compared: number;
  /** The largest difference, in the unit of the column; 1 for two words that differ. */
  most: number;
  /** Values further apart than they may be. */
  beyond: number;
}

export interface Agreement {
  readonly dataset: DatasetId;
  readonly pair: Pair;
  /** Rows of the overlap. */
  readonly rows: number;
  readonly onlyOne: readonly string[];
  readonly onlyOther: readonly string[];
  readonly values: number;
  readonly fields: Readonly<Record<string, FieldFigures>>;
  readonly examples: readonly string[];
}

export function tableOf(dataset: DatasetId, rows: readonly Row[]): Table {
  const { key } = DATASETS[dataset];
  return new Map(rows.map((row) => [key.map((column) => String(row[column])).join(' '), row]));
}

/**
 * The newest version of every report by what is reported, for sources that keep no earlier one: theirs says
 * in `f_ann_date` when it came, and in `ann_date` when the first one did.
 */
export function newestReports(table: Table): Table {
  const newest = new Map<string, Row>();
  for (const row of table.values()) {
    const key = ['symbol', 'period', 'statement'].map((column) => String(row[column])).join(' ');
    const known = newest.get(key);
    if (known === undefined || saidOn(row) > saidOn(known)) newest.set(key, row);
  }
  return newest;
}

function saidOn(row: Row): string {
  return String(row['f_ann_date'] ?? row['ann_date']);
}

/** Every row that both have, field by field. */
export function compareTables(dataset: DatasetId, pair: Pair, one: Table, other: Table): Agreement {
  const fields: Record<string, FieldFigures> = {};
  const examples: string[] = [];
  const shared = [...one.keys()].filter((key) => other.has(key));
  const [ones, others] =
    dataset === 'adj_factors' ? [ratiosOf(one, shared), ratiosOf(other, shared)] : [one, other];
  let values = 0;
  for (const key of shared) {
    const [left, right] = [ones.get(key) as Row, others.get(key) as Row];
    for (const { name } of DATASETS[dataset].columns) {
      const tolerance = toleranceOf(dataset, name, pair);
      const [a, b] = [left[name] ?? null, right[name] ?? null];
      // what a source does not give is no difference
      if (tolerance === undefined || a === null || b === null) continue;
      const figures = (fields[name] ??= { compared: 0, most: 0, beyond: 0 });
      values += 1;
      figures.compared += 1;
      figures.most = Math.max(figures.most, distance(a, b));
      if (isWithin(tolerance, a, b)) continue;
      figures.beyond += 1;
      if (examples.length < 10) examples.push(`${key} ${name}: ${String(a)} and ${String(b)}`);
    }
  }
  return {
    dataset,
    pair,
    rows: shared.length,
    onlyOne: [...one.keys()].filter((key) => !other.has(key)),
    onlyOther: [...other.keys()].filter((key) => !one.has(key)),
    values,
    fields,
    examples,
  };
}

/** Factors against the first one that both have of a symbol: only ratios carry meaning. */
function ratiosOf(table: Table, keys: readonly string[]): Table {
  const bases = new Map<string, number>();
  return new Map(
    keys.toSorted().map((key) => {
      const row = table.get(key) as Row;
      const [symbol, factor] = [String(row['symbol']), Number(row['adj_factor'])];
      const base = bases.get(symbol) ?? factor;
      bases.set(symbol, base);
      return [key, { ...row, adj_factor: factor / base }];
    }),
  );
}

/** As `daily_bars, tushare and baostock: 48,123 rows, 384,984 values; most apart: amount 5.5 …`. */
export function agreementText(agreement: Agreement): string {
  const { dataset, pair, rows, values, fields, onlyOne, onlyOther } = agreement;
  const count = (number: number): string => number.toLocaleString('en-US');
  const apart = Object.entries(fields)
    .map(
      ([name, { most, beyond }]) =>
        `${name} ${Number(most.toPrecision(3))}${beyond > 0 ? ` (${count(beyond)} BEYOND)` : ''}`,
    )
    .join(', ');
  const alone =
    onlyOne.length + onlyOther.length > 0
      ? `; alone ${count(onlyOne.length)} and ${count(onlyOther.length)}`
      : '';
  return `${dataset}, ${pair.join(' and ')}: ${count(rows)} rows, ${count(values)} values${alone}; most apart: ${apart}`;
}
