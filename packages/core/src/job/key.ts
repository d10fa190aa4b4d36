const JOB_KEY = /^(?!\d+$)[a-z0-9][a-z0-9._-]{0,63}$/;

/** The longest key of a job, in characters. */
export const LONGEST_JOB_KEY = 64;

/**
 * Whether a text can be the key of a job. Digits alone cannot, so that a key is never taken for a number.
 * @example isJobKey('tushare_historical_sync') // true
 */
export function isJobKey(text: string): boolean {
  return JOB_KEY.test(text);
}
