import {
  BARS_A_SESSION,
  Bitmap,
  isExpected,
  keyColumns,
  type DatasetId,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { Gate } from './gate.ts';
import type { SettleInput } from './settleAnswer.ts';

/** Cells by instrument, as the answer settles them. */
export interface Cells {
  readonly present: Map<number, PlainDay[]>;
  readonly suspended: Map<number, PlainDay[]>;
  readonly refused: Map<number, number>;
}

export function cellsOf(input: SettleInput, gate: Gate): Cells {
  const refused = new Map<number, number>();
  for (const row of gate.commit.quarantined) {
    const listing =
      row.dataset === input.dataset && row.symbol !== null
        ? input.market.bySymbol.get(row.symbol)
        : undefined;
    if (listing) refused.set(listing.instrumentId, (refused.get(listing.instrumentId) ?? 0) + 1);
  }
  const suspended = new Map<number, PlainDay[]>();
  for (const { symbol, day } of input.answer.suspended) {
    const listing = input.market.bySymbol.get(symbol);
    if (listing && isExpected(input.market.calendar, listing, day))
      push(suspended, listing.instrumentId, day);
  }
  return { present: presentCells(input, gate, input.dataset), suspended, refused };
}

/** What cells are read off rows with. */
export type CellInput = Pick<SettleInput, 'market' | 'lastSettled'>;

/** The cells that the accepted rows of a data set make complete, by instrument, each once. */
export function presentCells(input: CellInput, gate: Gate, dataset: DatasetId): Map<number, PlainDay[]> {
  const cells = daysByInstrument(input, dataset, gate.accepted.get(dataset) ?? []);
  if (dataset !== 'minute_bars') return cells;
  // a session that is cut short counts once no more of it is expected to come
  const isWhole = (day: PlainDay, bars: number): boolean =>
    bars >= BARS_A_SESSION || day <= input.lastSettled;
  const counted = barsByDay(input, gate.accepted.get(dataset) ?? []);
  return new Map(
    [...cells].flatMap(([id, days]) => {
      const whole = days.filter((day) => isWhole(day, counted.get(`${id} ${day}`) ?? 0));
      return whole.length === 0 ? [] : [[id, whole]];
    }),
  );
}

function daysByInstrument(
  input: CellInput,
  dataset: DatasetId,
  rows: readonly Row[],
): Map<number, PlainDay[]> {
  const dayColumn = keyColumns(dataset).day ?? 'trade_date';
  const days = new Map<number, PlainDay[]>();
  let symbol: unknown;
  let instrumentId: number | undefined;
  let last: PlainDay | undefined;
  const once = input.market.severalRowsACell ? new Set<string>() : undefined;
  for (const row of rows) {
    if (row['symbol'] !== symbol) {
      symbol = row['symbol'];
      instrumentId = input.market.bySymbol.get(String(symbol))?.instrumentId;
      last = undefined;
    }
    if (instrumentId === undefined) continue;
    const day = row[dayColumn] as PlainDay;
    if (once !== undefined) {
      if (day === last || once.has(`${instrumentId} ${day}`)) continue;
      once.add(`${instrumentId} ${day}`);
      last = day;
    }
    push(days, instrumentId, day);
  }
  return days;
}

function barsByDay(input: CellInput, rows: readonly Row[]): ReadonlyMap<string, number> {
  const bars = new Map<string, number>();
  for (const row of rows) {
    const id = input.market.bySymbol.get(String(row['symbol']))?.instrumentId;
    const key = `${id} ${row['trade_date']}`;
    bars.set(key, (bars.get(key) ?? 0) + 1);
  }
  return bars;
}

function push(days: Map<number, PlainDay[]>, instrumentId: number, day: PlainDay): void {
  const known = days.get(instrumentId);
  if (known === undefined) days.set(instrumentId, [day]);
  else known.push(day);
}

/** The expected cells that the item was asked for, by instrument. */
export function askedCells(input: SettleInput): ReadonlyMap<number, readonly PlainDay[]> {
  const { item, market } = input;
  const asked = new Map<number, readonly PlainDay[]>();
  if (item.members !== null) {
    Bitmap.fromBytes(item.members).forEach((id) => asked.set(id, [item.from]));
  } else if (item.instrumentId !== null) {
    const listing = market.byId.get(item.instrumentId);
    const days = market.calendar.tradingDays(item.from, item.to);
    asked.set(
      item.instrumentId,
      listing ? days.filter((day) => isExpected(market.calendar, listing, day)) : [],
    );
  }
  return asked;
}
