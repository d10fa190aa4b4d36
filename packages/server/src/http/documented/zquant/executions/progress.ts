import { isSyncType, RUN_MACHINE } from '@tapekeeper/core';
import type { RunProgress } from '../../../../app/explain/runProgress.ts';
import type { RunView } from '../../../../ports/viewStore.ts';

/** In percent, with two digits. */
export function percentOf({ fraction }: RunProgress): number {
  return Math.round(fraction * 10_000) / 100;
}

/** The symbol that was done last, else the step at hand; null once nothing is at hand. */
export function currentItemOf(run: RunView, { step }: RunProgress): string | null {
  if (RUN_MACHINE.terminal.includes(run.state)) return null;
  return run.lastSymbol ?? step?.name ?? null;
}

/** How many things a run has to do and has done: symbols, nodes of a workflow, or steps. */
export function itemsOf(
  run: RunView,
  { steps }: RunProgress,
): { readonly total: number; readonly done: number } {
  if (isSyncType(run.type))
    return { total: run.symbolsTotal, done: Object.values(run.outcomes).reduce((sum, one) => sum + one, 0) };
  const over = steps.filter(({ state }) => state !== 'pending' && state !== 'running');
  return { total: steps.length, done: over.length };
}
