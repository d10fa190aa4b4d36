/**
 * Expressions that take long for long texts and are given short ones only: how many letters at most, and what
 * sees to it. They are held to texts of that length.
 */
export const SHORT_TEXTS: Readonly<Record<string, { readonly letters: number; readonly by: string }>> = {
  'packages/cli/src/usageError.ts': { letters: 10_000, by: 'whoever types the command' },
  'packages/core/src/statistics/fingerprint.ts': { letters: 960, by: 'fingerprintOf cuts first' },
  'packages/core/src/trigger/duration.ts': { letters: 64, by: 'parseDuration refuses longer ones' },
  'packages/core/src/trigger/sessionRule.ts': { letters: 128, by: 'parseSessionRule refuses longer ones' },
};
