import type { Bitmap, ImportedId, PlainDay, Row, SymbolOutcome } from '@tapekeeper/core';
import type { StandingRows } from '../../ports/importStore.ts';
import type { ItemCommit, OutcomeException, RowWrite } from '../../ports/runStore.ts';
import type { UnreadableRow } from '../../ports/source.ts';
import type { Market } from '../market.ts';
import { presentCells } from '../settle/cells.ts';
import { coverageGains, unsettledGains } from '../settle/gains.ts';
import { openGate } from '../settle/gate.ts';
import type { Portion } from './portions.ts';

/** What all portions of a file are judged by. */
export interface ImportFacts {
  readonly dataset: ImportedId;
  readonly columns: readonly string[];
  readonly mode: RowWrite['mode'];
  /** Whether the rows have all that any source gives; else their cells stay gaps, for sources to complete. */
  readonly covers: boolean;
  readonly market: Market;
  readonly lastFinal: PlainDay;
  readonly lastSettled: PlainDay;
  readonly unsettled: ReadonlyMap<PlainDay, Bitmap>;
}

/** A portion past the rules that all sources have to pass, too. */
export interface JudgedPortion {
  readonly commit: Pick<ItemCommit, 'writes' | 'quarantined' | 'flags' | 'gains'>;
  /** Rows that were refused, by rule. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Rules, quarantine and coverage, as for the answer of a source. */
export function judgePortion(
  facts: ImportFacts,
  rows: readonly Row[],
  unreadable: readonly UnreadableRow[],
): JudgedPortion {
  const { dataset, columns, market, mode, lastFinal } = facts;
  const gate = openGate(dataset, 'file', { batches: [{ dataset, columns, rows }], unreadable }, market);
  const present = presentCells(facts, gate, dataset);
  // a symbol's days one after the other, whatever the order of the file
  for (const days of present.values()) days.sort();
  const item = { shape: 'symbol', from: lastFinal, source: 'file' } as const;
  const refused = new Map<string, number>();
  for (const { rule } of gate.commit.quarantined) refused.set(rule, (refused.get(rule) ?? 0) + 1);
  return {
    commit: {
      ...gate.commit,
      writes: gate.commit.writes.map((write) => ({ ...write, mode })),
      gains: facts.covers
        ? [
            ...coverageGains({ item, market, lastFinal }, dataset, present),
            ...unsettledGains(facts, dataset, present),
          ]
        : [],
    },
    refused,
  };
}

/** The instruments of a portion that a list knows. */
export function membersOf({ market }: Pick<ImportFacts, 'market'>, { symbols }: Portion): readonly number[] {
  return symbols.flatMap(({ symbol }) => market.bySymbol.get(symbol)?.instrumentId ?? []);
}

/** What became of each symbol of a portion. */
export function outcomesOf(
  { market, mode }: Pick<ImportFacts, 'market' | 'mode'>,
  portion: Portion,
  { commit }: JudgedPortion,
  standing: readonly StandingRows[],
): Pick<ItemCommit, 'outcome' | 'counts' | 'exceptions'> {
  const refused = Map.groupBy(commit.quarantined, ({ symbol }) => symbol);
  const stands = new Map(standing.map((one) => [one.symbol, one]));
  const counts: Partial<Record<SymbolOutcome, number>> = {};
  const exceptions = portion.symbols.flatMap(({ symbol }): readonly OutcomeException[] => {
    const instrumentId = market.bySymbol.get(symbol)?.instrumentId;
    if (instrumentId === undefined) return [];
    const faults = refused.get(symbol) ?? [];
    const { fresh = 0, gaining = 0, differing = 0 } = stands.get(symbol) ?? {};
    const written = fresh + gaining + (mode === 'replace' ? differing : 0);
    const outcome = faults.length > 0 ? 'quarantined' : written > 0 ? 'ok' : 'unchanged';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    const told = [
      ...(faults.length > 0 ? [`${faults.length} rows refused, ${faults[0]?.rule} first`] : []),
      ...(mode === 'fill' && differing > 0 ? [`${differing} rows differ from stored ones, which stay`] : []),
    ];
    if (outcome === 'ok' && told.length === 0) return [];
    const cells = outcome === 'quarantined' ? faults.length : Math.max(1, differing);
    return [{ instrumentId, outcome, source: 'file', cells, detail: told.join('; ') || null }];
  });
  return { outcome: 'ok', counts, exceptions };
}
