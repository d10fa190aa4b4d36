/**
 * How something grows by the day, as a straight line through what was measured, and when it will have used up
 * what is free.
 */

/** What was measured on a day. */
export interface Measured {
  /** Days since any fixed one; parts of days are allowed. */
  readonly day: number;
  readonly value: number;
}

/** Growth a day, and between which bounds it lies with 95 % probability where the line is the right idea. */
export interface Growth {
  readonly perDay: number;
  readonly low: number;
  readonly high: number;
}

/** Days until there is nothing left; null for never, at that growth. */
export interface DaysLeft {
  readonly expected: number | null;
  readonly soonest: number | null;
  readonly latest: number | null;
}

/** Fewer days say nothing of growth. */
export const LEAST_DAYS = 3;

/** Student's t for 95 %, two-sided, by degrees of freedom from 1; beyond them that of the normal distribution. */
const STUDENT = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1,
  2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
];
const STUDENT_OF_MANY = 1.96;

/**
 * The growth of least squares; undefined with fewer than three days.
 * @example growthOf([{ day: 0, value: 1 }, { day: 1, value: 3 }, { day: 2, value: 5 }])?.perDay // 2
 */
export function growthOf(measured: readonly Measured[]): Growth | undefined {
  const count = measured.length;
  if (new Set(measured.map(({ day }) => Math.floor(day))).size < LEAST_DAYS) return undefined;
  const mean = (of: (one: Measured) => number) => measured.reduce((sum, one) => sum + of(one), 0) / count;
  const [day, value] = [mean((one) => one.day), mean((one) => one.value)];
  const spread = measured.reduce((sum, one) => sum + (one.day - day) ** 2, 0);
  const perDay = measured.reduce((sum, one) => sum + (one.day - day) * (one.value - value), 0) / spread;
  const left = measured.reduce((sum, one) => sum + (one.value - value - perDay * (one.day - day)) ** 2, 0);
  const error = Math.sqrt(left / (count - 2) / spread);
  const reach = (STUDENT[count - 3] ?? STUDENT_OF_MANY) * error;
  return { perDay, low: perDay - reach, high: perDay + reach };
}

/**
 * How long what is free will last.
 * @example daysLeft(100, { perDay: 10, low: 5, high: 20 }) // { expected: 10, soonest: 5, latest: 20 }
 */
export function daysLeft(free: number, { perDay, low, high }: Growth): DaysLeft {
  const at = (growth: number) => (growth > 0 ? Math.max(0, free) / growth : null);
  return { expected: at(perDay), soonest: at(high), latest: at(low) };
}
