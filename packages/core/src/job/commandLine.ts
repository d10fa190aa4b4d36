/** A command line as words, or what keeps it from being one. */
export type CommandLine =
  | { readonly words: readonly string[] }
  /** `quote`: one is not closed; `shell`: a letter that only a shell would understand. */
  | { readonly fault: 'quote' | 'shell' };

/** Letters by which a shell would join, redirect, substitute or expand; nothing here runs one. */
const SHELL = ';|&<>$`(){}*?~#!\n';

/**
 * Cuts a command line at its spaces. Single and double quotes keep spaces together, and a backslash takes
 * the next letter as it is, except within single quotes. What needs a shell is refused.
 * @example readCommandLine(`python run.py --codes "000001.SZ, 600000.SH"`)
 */
export function readCommandLine(text: string): CommandLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else if (letter === '\\' && quote === '"') word += text[++at] ?? '';
      else if (quote === '"' && (letter === '$' || letter === '`')) return { fault: 'shell' };
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === ' ' || letter === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SHELL.includes(letter)) {
      return { fault: 'shell' };
    } else {
      word = (word ?? '') + (letter === '\\' ? (text[++at] ?? '') : letter);
    }
  }
  if (quote !== undefined) return { fault: 'quote' };
  return { words: word === undefined ? words : [...words, word] };
}
