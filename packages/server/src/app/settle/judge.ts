import type { PlainDay, SymbolOutcome } from '@tapekeeper/core';
import type { CoverageGain, OutcomeException } from '../../ports/runStore.ts';
import type { Cells } from './cells.ts';
import type { SettleInput } from './settleAnswer.ts';

export interface Judged {
  readonly gains: readonly CoverageGain[];
  /** Cells that the answer settled without a row, by instrument. */
  readonly explained: ReadonlyMap<number, readonly PlainDay[]>;
  /** Of the only symbol of an item, what became of it; of many, what became of those that are no exception. */
  readonly outcome: SymbolOutcome;
  readonly counts: Partial<Record<SymbolOutcome, number>>;
  readonly exceptions: readonly OutcomeException[];
}

/** Each symbol asked for: served, suspended, refused or absent, on how many days. */
export function judge(
  input: SettleInput,
  cells: Cells,
  asked: ReadonlyMap<number, readonly PlainDay[]>,
): Judged {
  const gains: CoverageGain[] = [];
  const explained = new Map<number, readonly PlainDay[]>();
  const counts: Partial<Record<SymbolOutcome, number>> = {};
  const exceptions: OutcomeException[] = [];
  const { dataset, lastFinal } = input;
  const { source, instrumentId: only } = input.item;
  let outcome: SymbolOutcome = input.isFallback ? 'fell_back' : 'ok';
  for (const [instrumentId, days] of asked) {
    const present = new Set(cells.present.get(instrumentId));
    const suspended = (cells.suspended.get(instrumentId) ?? []).filter((day) => !present.has(day));
    const silent = new Set(suspended);
    const refused = cells.refused.get(instrumentId) ?? 0;
    const missing = days.filter((day) => !present.has(day) && !silent.has(day) && day <= lastFinal);
    // A refused row is no absence: the source has the cell, and it is asked for again.
    const absent = refused > 0 ? [] : missing;
    // A suspension may be lifted within the day, so it explains only what is final.
    const halted = suspended.filter((day) => day <= lastFinal);
    for (const day of halted)
      gains.push({ kind: 'exception', dataset, source, instrumentId, day, exception: 'suspended' });
    for (const day of absent)
      gains.push({ kind: 'exception', dataset, source, instrumentId, day, exception: 'absent' });
    if (absent.length > 0) explained.set(instrumentId, absent);
    const note = (what: SymbolOutcome, count: number): void => {
      if (count > 0) exceptions.push({ instrumentId, outcome: what, source, cells: count, detail: null });
    };
    note('suspended', suspended.length);
    note('absent', absent.length);
    note('quarantined', refused);
    const main = mainOutcome(input, present.size, refused, absent.length, suspended.length);
    counts[main] = (counts[main] ?? 0) + 1;
    if (instrumentId === only) outcome = main;
  }
  return { gains, explained, outcome, counts, exceptions };
}

/** The one outcome under which a symbol is counted in the progress: the worst that needs a look, else what it got. */
function mainOutcome(
  input: SettleInput,
  present: number,
  refused: number,
  absent: number,
  suspended: number,
): SymbolOutcome {
  if (refused > 0) return 'quarantined';
  if (present > 0) return input.isFallback ? 'fell_back' : 'ok';
  if (absent > 0) return 'absent';
  return suspended > 0 ? 'suspended' : 'ok';
}
