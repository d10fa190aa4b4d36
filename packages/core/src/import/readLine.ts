import type { Row } from '../dataset/dataset.ts';
import { parseDay, type PlainDay } from '../day.ts';
import { readSpelling, type SpellingFault } from '../symbol/spelling.ts';
import type { Symbol } from '../symbol/symbol.ts';
import type { Figure, FileLayout } from './readHeader.ts';

/**
 * A line of a file: a row in canonical names and units, a day without trading, or neither, with the reason.
 * `adjusted` ones are no faults of a line but of the whole file.
 */
export type ReadLine =
  | { readonly kind: 'row'; readonly symbol: Symbol; readonly day: PlainDay; readonly row: Row }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'adjusted' }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      readonly symbol?: Symbol | undefined;
      readonly day?: PlainDay | undefined;
    };

/** What lines are read with besides their layout. */
export interface LineContext {
  readonly layout: FileLayout;
  /** Of a file without a column of symbols. */
  readonly symbol: Symbol | undefined;
  readonly isKnown: (symbol: Symbol) => boolean;
  /** Rows of later days are not believed. */
  readonly today: PlainDay;
}

/** How BaoStock marks prices as they were. */
const UNADJUSTED = '3';
const NOT_TRADED = '0';
const NOTHING: ReadonlySet<string> = new Set(['', '-', '--', 'nan', 'none', 'null', 'n/a', '\\n']);
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;

const FAULTS: Readonly<Record<SpellingFault, string>> = {
  no_symbol: 'is no symbol',
  lost_zeros: 'has lost zeros at its beginning',
  b_share: 'is a B share',
  no_board: 'is no stock of that exchange',
  ambiguous: 'may be several instruments',
};

/** Reads a line by the layout of its file; nothing of it is guessed. */
export function readLine(cells: readonly string[], context: LineContext): ReadLine {
  const { layout, today } = context;
  if (cells.length !== layout.width)
    return { kind: 'unreadable', reason: `${cells.length} cells instead of ${layout.width}` };
  const symbol = context.symbol ?? symbolIn(cells[layout.symbolAt] ?? '', context);
  if (typeof symbol !== 'string') return { kind: 'unreadable', reason: symbol.reason };
  const day = dayIn(cells[layout.dayAt] ?? '');
  if (day === undefined) return { kind: 'unreadable', reason: `"${cells[layout.dayAt]}" is no day`, symbol };
  if (day > today) return { kind: 'unreadable', reason: `${day} has not come yet`, symbol, day };
  if (layout.adjustAt >= 0 && cells[layout.adjustAt]?.trim() !== UNADJUSTED) return { kind: 'adjusted' };
  if (layout.statusAt >= 0 && cells[layout.statusAt]?.trim() === NOT_TRADED) return { kind: 'suspended' };
  const row: Record<string, string | number | null> = { symbol, trade_date: day };
  for (const figure of layout.figures) {
    const value = numberIn(cells[figure.place] ?? '');
    if (value === undefined) {
      const { name } = figure.column;
      return { kind: 'unreadable', reason: `${name} "${cells[figure.place]}" is no number`, symbol, day };
    }
    row[figure.column.name] = value === null ? null : scaled(value, figure);
  }
  if (layout.changeAt >= 0) row['pre_close'] = beforeChange(row['close'], cells[layout.changeAt] ?? '');
  return { kind: 'row', symbol, day, row };
}

function symbolIn(text: string, { isKnown }: LineContext): Symbol | { readonly reason: string } {
  const read = readSpelling(text, isKnown);
  if ('fault' in read) return { reason: `"${text.slice(0, 40)}" ${FAULTS[read.fault]}` };
  return read.kind === 'stock' ? read.symbol : { reason: `"${text.slice(0, 40)}" is an index` };
}

/** `2024-01-31`, `20240131`, `2024/1/31`, each with a time of the day behind it or not. */
function dayIn(text: string): PlainDay | undefined {
  const [date = ''] = text.trim().split(/[ T]/, 1);
  const [year, month, day] = date.split('/');
  if (day === undefined) return parseDay(date);
  return parseDay(`${year}-${month?.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

/** Null for an empty cell; undefined for what is no number. */
function numberIn(text: string): number | null | undefined {
  const plain = text.trim();
  if (NOTHING.has(plain.toLowerCase())) return null;
  const bare = GROUPED.test(plain) ? plain.replaceAll(',', '') : plain.replace(/%$/, '');
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** How far a count may lie from a whole number and still be one: multiplied fractions are seldom exact. */
const NEARLY_WHOLE = 1e-3;

function scaled(value: number, { column, factor }: Figure): number {
  const product = value * factor;
  if (column.type === 'bigint') {
    const whole = Math.round(product);
    return Math.abs(product - whole) < NEARLY_WHOLE ? whole : product;
  }
  return factor === 1 ? value : Number(product.toFixed(column.decimals ?? 4));
}

function beforeChange(close: unknown, text: string): number | null {
  const change = numberIn(text);
  return typeof close === 'number' && typeof change === 'number' ? Number((close - change).toFixed(4)) : null;
}
