import { type BarTable, columnIndex, rowsInRange } from '../world/barTable.ts';
import { multiply, padDecimals, shiftPoint } from '../world/decimal.ts';
import type { Instrument, Universe } from '../world/universe.ts';
import { priceFactors } from './adjustment.ts';
import { type BaostockQuestion, codeOfSymbol, listed, rangeOf, type Rows, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** What the writers of one answer share. */
interface Context {
  readonly code: string;
  readonly flag: string;
  /** Undefined for raw prices. */
  readonly factor: string | undefined;
  readonly day: string;
}

type FieldWriter = (cells: readonly string[], row: number, context: Context) => string;

const PRICE_DECIMALS = 4;
const ADJUSTED_DECIMALS = 10;

/** Daily bars of one symbol, ascending, days of suspension included where the files have them. */
export function kDataQuestion(universe: Universe): BaostockQuestion {
  const writers = fieldWriters(universe.table);
  return {
    method: 'query_history_k_data_plus',
    requestType: '95',
    replyType: '96',
    params: ['code', 'fields', 'start_date', 'end_date', 'frequency', 'adjustflag'],
    packed: true,
    answer([code = '', fields = '', start = '', end = '', frequency = '', flag = '']) {
      const symbol = symbolOfCode(code);
      const asked = fields.split(',').map((name) => name.trim());
      if (asked.some((name) => !Object.hasOwn(writers, name)))
        throw new RefusedQuestion(BAOSTOCK_REFUSALS.badField);
      if (new Set(asked).size < asked.length) throw new RefusedQuestion(BAOSTOCK_REFUSALS.repeatedField);
      const [from, to] = rangeOf(start, end, universe.lastDay);
      if (frequency !== 'd' || !['1', '2', '3'].includes(flag))
        throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
      const instrument = universe.instrument(symbol);
      if (instrument === undefined) return listed([], () => []);
      const [first, last] = rowsInRange(universe.table, instrument.index, from, to);
      const write = asked.map((name) => writers[name]!);
      return barRows(universe, instrument, write, first, last, flag);
    },
  };
}

function barRows(
  universe: Universe,
  instrument: Instrument,
  writers: readonly FieldWriter[],
  first: number,
  last: number,
  flag: string,
): Rows {
  const { table } = universe;
  const code = codeOfSymbol(instrument.symbol);
  return {
    total: last - first,
    write(from, to) {
      const rows: string[] = [];
      const factorOf =
        flag === '1' || flag === '2' ? priceFactors(universe.factors(instrument.index), flag) : undefined;
      for (let row = first + from; row < Math.min(first + to, last); row += 1) {
        const day = table.days[table.rowDay[row]!]!;
        const context = { code, flag, day, factor: factorOf?.(day) };
        const cells = table.cells(row);
        let text = '["';
        for (let index = 0; index < writers.length; index += 1) {
          text +=
            index === 0 ? writers[index]!(cells, row, context) : `","${writers[index]!(cells, row, context)}`;
        }
        rows.push(`${text}"]`);
      }
      return rows;
    },
  };
}

/** Bars in Tushare's units give what can be told from them; valuation and turnover stay empty there. */
function fieldWriters(table: BarTable): Readonly<Record<string, FieldWriter>> {
  const lots = table.units === 'tushare';
  const cell = (column: string): ((cells: readonly string[]) => string) => {
    const at = columnIndex(table, column);
    return at < 0 ? () => '' : (cells) => cells[at]!;
  };
  const padded = (column: string, decimals: number, shift = 0): FieldWriter => {
    const read = cell(column);
    return shift === 0
      ? (cells) => padDecimals(read(cells), decimals)
      : (cells) => padDecimals(shiftPoint(read(cells), shift), decimals);
  };
  const price = (column: string): FieldWriter => {
    const read = cell(column);
    return (cells, _, { factor }) =>
      factor === undefined
        ? padDecimals(read(cells), PRICE_DECIMALS)
        : multiply(read(cells), factor, ADJUSTED_DECIMALS);
  };
  return {
    date: (_, __, { day }) => day,
    code: (_, __, { code }) => code,
    open: price('open'),
    high: price('high'),
    low: price('low'),
    close: price('close'),
    preclose: price('pre_close'),
    volume: lots ? padded('vol', 0, 2) : padded('volume', 0),
    amount: lots ? padded('amount', 4, 3) : padded('amount', 4),
    adjustflag: (_, __, { flag }) => flag,
    turn: padded('turnover_rate', 6),
    tradestatus: (_, row) => (table.suspended[row] === 1 ? '0' : '1'),
    pctChg: padded('pct_chg', 6),
    peTTM: padded('pe_ttm', 6),
    pbMRQ: padded('pb_mrq', 6),
    psTTM: padded('ps_ttm', 6),
    pcfNcfTTM: padded('pcf_ncf_ttm', 6),
    isST: padded('is_st', 0),
  };
}
