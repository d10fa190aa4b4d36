import { AppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';

/**
 * Refuses texts that the database cannot hold, wherever in a request they are: a zero byte, or half of a character
 * of two parts. No name or symbol has any; let through, each would be a fault of a statement far inside. Raises
 * `bad_request`.
 */
export async function requirePlainText(request: FastifyRequest): Promise<void> {
  for (const [part, value] of [
    ['path', request.params],
    ['query', request.query],
    ['body', request.body],
  ] as const) {
    if (!isPlain(value))
      throw new AppError('bad_request', {
        problem: `${part}: a text in it has a zero byte or half a character.`,
      });
  }
}

/** Looked at without recursion: how deep a body may be is nobody's promise. */
function isPlain(whole: unknown): boolean {
  const left: unknown[] = [whole];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') {
      if (value.includes('\u0000') || !value.isWellFormed()) return false;
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) left.push(key, inner);
    }
  }
  return true;
}
