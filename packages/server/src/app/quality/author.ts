import { AppError } from '@tapekeeper/core';

const LONGEST_AUTHOR = 100;
const LONGEST_REASON = 1000;

/** Who does something by hand, as it is kept. Raises `bad_request` where nobody is named. */
export function readAuthor(text: string): string {
  return requireText('author', text, LONGEST_AUTHOR);
}

/** Why somebody does something that is not plain. Raises `bad_request` where there is no reason. */
export function readReason(text: string | undefined): string {
  return requireText('reason', text ?? '', LONGEST_REASON);
}

function requireText(name: string, text: string, longest: number): string {
  const trimmed = text.replaceAll('\0', '').trim();
  if (trimmed === '') throw new AppError('bad_request', { problem: `the ${name} is missing.` });
  if (trimmed.length > longest) {
    throw new AppError('bad_request', { problem: `the ${name} is longer than ${longest} characters.` });
  }
  return trimmed;
}
