import type { PlainDay, Row, SourceId, Symbol } from '@tapekeeper/core';
import type { CoverageStore } from '../../ports/coverageStore.ts';
import type { CoverageGain, Item, QuarantinedRow } from '../../ports/runStore.ts';
import type { Answer } from '../../ports/source.ts';
import type { Market } from '../market.ts';

/** Factors carry meaning in this many decimals. */
const DECIMALS = 6;

export interface ChainInput {
  readonly item: Item;
  /** Asked for the days of `chainingSpan`. */
  readonly answer: Answer;
  readonly market: Market;
  readonly store: Pick<CoverageStore, 'factorBases' | 'factorsOn'>;
  /** The source's own factors of the trading day before, of the whole market. */
  readonly dayBefore: () => Promise<Answer | null>;
}

export interface Chained {
  readonly answer: Answer;
  /** Rows that cannot be brought to the base of the stored ones. */
  readonly refused: readonly QuarantinedRow[];
  readonly gains: readonly CoverageGain[];
}

/**
 * The days to ask for so that factors can be chained: of one symbol, the neighbours of the range too,
 * of which one is stored where anything is.
 */
export function chainingSpan(item: Item, market: Market): Pick<Item, 'from' | 'to'> {
  if (item.shape !== 'symbol') return item;
  const { calendar } = market;
  const after = calendar.nextOpen(item.to);
  return {
    from: calendar.previousOpen(item.from) ?? item.from,
    to: calendar.isAssumed(after) ? item.to : after,
  };
}

/**
 * Factors of different sources agree in their ratios, not in their base. The first source of a symbol
 * gives it its base; those of another one are multiplied by what the two differ by on a day that both
 * know. Where there is no such day the rows are refused: a single one of another base would look like
 * a split.
 */
export async function chainFactors(input: ChainInput): Promise<Chained> {
  const { item, answer, store } = input;
  const [batch, ...others] = answer.batches;
  if (batch === undefined) return { answer, refused: [], gains: [] };
  const bySymbol = Map.groupBy(batch.rows, (row) => String(row['symbol']));
  const bases = await store.factorBases([...bySymbol.keys()]);
  const rows: Row[] = [];
  const refused: QuarantinedRow[] = [];
  let dayBefore: Promise<ReadonlyMap<string, number>> | undefined;
  for (const [symbol, factors] of bySymbol) {
    const wanted = factors.filter((row) => isWithin(row, item));
    const base = bases.get(symbol);
    if (base === undefined || base === item.source) {
      rows.push(...wanted);
      continue;
    }
    if (item.shape === 'day') dayBefore ??= factorsOfDayBefore(input);
    const ratio = await ratioToStored(input, symbol, factors, dayBefore);
    if (ratio === undefined) refused.push(...wanted.map((row) => refusal(item.source, row, base)));
    else rows.push(...wanted.map((row) => scaled(row, ratio)));
  }
  const fresh = [...bySymbol.keys()].filter((symbol) => !bases.has(symbol));
  return {
    answer: { ...answer, batches: [{ ...batch, rows }, ...others] },
    refused,
    gains: fresh.length === 0 ? [] : [{ kind: 'factor_base', symbols: fresh, source: item.source }],
  };
}

function isWithin(row: Row, item: Item): boolean {
  const day = row['trade_date'] as PlainDay;
  return day >= item.from && day <= item.to;
}

async function ratioToStored(
  { item, market, store }: ChainInput,
  symbol: string,
  factors: readonly Row[],
  dayBefore: Promise<ReadonlyMap<string, number>> | undefined,
): Promise<number | undefined> {
  if (dayBefore !== undefined) {
    const before = market.calendar.previousOpen(item.from);
    const theirs = (await dayBefore).get(symbol);
    if (before === undefined || theirs === undefined) return undefined;
    const ours = (await store.factorsOn(symbol, [before])).get(before);
    return ours === undefined ? undefined : ours / theirs;
  }
  const theirs = new Map(factors.map((row) => [row['trade_date'] as PlainDay, Number(row['adj_factor'])]));
  const ours = await store.factorsOn(symbol, [...theirs.keys()]);
  const [day] = [...ours.keys()].toSorted().toReversed();
  return day === undefined ? undefined : (ours.get(day) as number) / (theirs.get(day) as number);
}

async function factorsOfDayBefore({ dayBefore }: ChainInput): Promise<ReadonlyMap<string, number>> {
  const rows = (await dayBefore())?.batches[0]?.rows ?? [];
  return new Map(rows.map((row) => [String(row['symbol']), Number(row['adj_factor'])]));
}

function scaled(row: Row, ratio: number): Row {
  return { ...row, adj_factor: Number((Number(row['adj_factor']) * ratio).toFixed(DECIMALS)) };
}

function refusal(source: SourceId, row: Row, base: SourceId): QuarantinedRow {
  return {
    dataset: 'adj_factors',
    source,
    symbol: row['symbol'] as Symbol,
    day: row['trade_date'] as PlainDay,
    rule: 'factor_base',
    detail: `the stored factors have the base of ${base}, and no day is known to both`,
    row,
  };
}
