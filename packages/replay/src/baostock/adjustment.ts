import type { PlainDay } from '@tapekeeper/core';
import { publishedSteps } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { padDecimals } from '../world/decimal.ts';
import { type FactorSteps, factorOn } from '../world/factorSteps.ts';

const DECIMALS = 6;

/** The cumulative factor as BaoStock writes it. */
export function backFactor(text: string): string {
  return padDecimals(text, DECIMALS);
}

/** The factor against the newest one; every new ex-date moves all of them. */
export function foreFactor(text: string, steps: FactorSteps): string {
  return (Number(text) / Number(steps.texts.at(-1) ?? 1)).toFixed(DECIMALS);
}

/**
 * Gives the factor that prices of a day are multiplied with: flag 1 backward, 2 forward. Days may come
 * in any order; in the order of time the factor is computed once for each step.
 */
export function priceFactors(
  known: FactorSteps,
  flag: '1' | '2',
  faults: readonly DataFault[],
): (day: PlainDay) => string {
  const steps = publishedSteps(faults, known);
  let text = '';
  let factor = '';
  return (day) => {
    const current = factorOn(steps, day) ?? '1';
    if (current !== text) {
      text = current;
      factor = flag === '1' ? backFactor(text) : foreFactor(text, steps);
    }
    return factor;
  };
}
