import { ERRORS, errorText, toAppError, type ErrorDetails, type Language } from '@tapekeeper/core';
import { Refusal } from '@tapekeeper/client';

export interface ReportOptions {
  readonly language: Language;
  readonly json: boolean;
  /** Whether the inside of an unexpected error is shown. */
  readonly debug: boolean;
}

/**
 * Prints an error, whatever was thrown, as one line on standard error, and with --json as one object on
 * standard output. Returns the exit code of its kind.
 */
export function reportError(thrown: unknown, { language, json, debug }: ReportOptions): number {
  const { code, message, details } = described(thrown, language);
  process.stderr.write(`tapekeeper: ${oneLine(message)}\n`);
  if (debug && thrown instanceof Error) process.stderr.write(`${stackOf(thrown)}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  return ERRORS[code].exit;
}

function described(
  thrown: unknown,
  language: Language,
): {
  readonly code: keyof typeof ERRORS;
  readonly message: string;
  readonly details: ErrorDetails;
} {
  if (thrown instanceof Refusal) return { code: thrown.code, message: thrown.texts[language], details: {} };
  const { code, details } = toAppError(thrown);
  return { code, message: errorText(code, details, language), details };
}

/** Messages of the database and of sources may bring line breaks along. */
function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\n${stackOf(error.cause)}` : '';
  return (error.stack ?? error.message) + cause;
}
