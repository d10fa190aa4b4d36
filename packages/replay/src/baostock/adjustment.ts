import type { PlainDay } from '@tapekeeper/core';
import { padDecimals } from '../world/decimal.ts';
import { type FactorSteps, factorOn } from '../world/factorSteps.ts';

const DECIMALS = 6;

/** The cumulative factor as BaoStock writes it. */
export function backFactor(text: string): string {
  return padDecimals(text, DECIMALS);
}

/** The factor against the newest one; every new ex-date moves all of them. */
export function foreFactor(text: string, steps: FactorSteps): string {
  return (Number(text) / Number(steps.texts.at(-1))).toFixed(DECIMALS);
}

/** The factor that prices of a day are multiplied with: flag 1 backward, 2 forward; undefined for raw prices. */
export function priceFactor(steps: FactorSteps, day: PlainDay, flag: string): string | undefined {
  if (flag === '3') return undefined;
  const text = factorOn(steps, day) ?? '1';
  return flag === '1' ? backFactor(text) : foreFactor(text, steps);
}
