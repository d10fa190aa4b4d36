import type { PlainDay, Row } from '@tapekeeper/core';
import type { SymbolRows } from './scanFile.ts';

/** Symbols of a file whose rows are judged and written as one. */
export interface Portion {
  readonly no: number;
  readonly symbols: readonly SymbolRows[];
  readonly rows: number;
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/**
 * Cuts a file into portions of whole symbols, so that rules which look at several rows see all of a symbol,
 * and so that each symbol has one outcome.
 */
export function cutPortions(symbols: readonly SymbolRows[], aim: number): readonly Portion[] {
  const groups: SymbolRows[][] = [];
  let rows = 0;
  for (const one of symbols) {
    const last = groups.at(-1);
    if (last === undefined || rows + one.rows > aim) {
      groups.push([one]);
      rows = one.rows;
    } else {
      last.push(one);
      rows += one.rows;
    }
  }
  return groups.map((group, no) => ({
    no,
    symbols: group,
    rows: group.reduce((sum, one) => sum + one.rows, 0),
    from: group.reduce((first, { from }) => (from < first ? from : first), (group[0] as SymbolRows).from),
    to: group.reduce((last, { to }) => (to > last ? to : last), (group[0] as SymbolRows).to),
  }));
}

interface Filling {
  readonly portion: Portion;
  readonly rows: Row[];
}

/**
 * The portions with their rows, as soon as all of them have come. A file in the order of its symbols is read
 * once; of any other order, as often as its rows do not fit into what may be held at a time.
 */
export async function* filledPortions(
  portions: readonly Portion[],
  openRows: () => AsyncGenerator<Row>,
  mostHeld: number,
): AsyncGenerator<Filling> {
  const portionOf = new Map(
    portions.flatMap((portion) => portion.symbols.map((one) => [one.symbol, portion])),
  );
  const over = new Set<Portion>();
  while (over.size < portions.length) {
    const filling = new Map<Portion, Row[]>();
    // what has begun to go by while there was no room has to wait for the next reading
    const missed = new Set<Portion>();
    let held = 0;
    for await (const row of openRows()) {
      const portion = portionOf.get(String(row['symbol']));
      if (portion === undefined || over.has(portion) || missed.has(portion)) continue;
      let rows = filling.get(portion);
      if (rows === undefined) {
        if (filling.size > 0 && held + portion.rows > mostHeld) {
          missed.add(portion);
          continue;
        }
        rows = [];
        filling.set(portion, rows);
        held += portion.rows;
      }
      rows.push(row);
      if (rows.length < portion.rows) continue;
      yield { portion, rows };
      over.add(portion);
      filling.delete(portion);
      held -= portion.rows;
      if (over.size === portions.length) break;
    }
    if (filling.size > 0) throw new RangeError('the file has changed while it was read');
  }
}
