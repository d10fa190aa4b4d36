const NEEDS_QUOTES = /[",\r\n]/;

/** First letters that make a spreadsheet compute a cell instead of showing it. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * A text as a cell of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it: names
 * and reasons are written by people and by sources, and files are opened by others.
 * @example csvText('=1+1') // "'=1+1"
 * @example csvText('a,b') // '"a,b"'
 */
export function csvText(text: string): string {
  const shown = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
