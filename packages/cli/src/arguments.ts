import { readFile } from 'node:fs/promises';
import { AppError } from '@tapekeeper/core';
import type { Context } from './context.ts';

/** A whole number from 0 of an argument or option. Throws `usage`. */
export function wholeNumber({ say }: Pick<Context, 'say'>, name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new AppError('usage', { problem: say('usage.number', { name, text }), command: '' });
}

/**
 * Symbols of `--symbols`: a list with commas, or `@file` with one a line, commas and spaces allowed too.
 * Throws `usage` for a file that cannot be read, and for a list without any.
 */
export async function symbolList({ say }: Pick<Context, 'say'>, text: string): Promise<readonly string[]> {
  const list = text.startsWith('@') ? await textOf(say, text.slice(1)) : text;
  const symbols = list.split(/[\s,;]+/).filter((symbol) => symbol !== '');
  if (symbols.length > 0) return symbols;
  throw new AppError('usage', { problem: say('usage.noSymbols', { text }), command: 'sync ' });
}

async function textOf(say: Context['say'], file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('usage', { problem: say('usage.file', { file, reason }), command: 'sync ' }, error);
  }
}
