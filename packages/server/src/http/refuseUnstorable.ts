import { AppError } from '@tapekeeper/core';
import { operationOf } from './auth/authorise.ts';
import type { HttpApp } from './context.ts';

/**
 * Turns requests away that hold a text which the database cannot: with a NUL, or with half of a surrogate pair. The
 * calls in Tushare's protocol say so in their own way.
 */
export function refuseUnstorable(app: HttpApp): void {
  app.addHook('preValidation', async ({ params, query, body, routeOptions }) => {
    const operation = operationOf(routeOptions.schema as { operationId?: unknown } | undefined);
    if (operation?.startsWith('callTushare') === true) return;
    if ([params, query, body].some(holdsUnstorable))
      throw new AppError('bad_request', { problem: 'a text holds a NUL character, or half of a character.' });
  });
}

/** Without recursion: what came from a client may be nested as deep as it is long. */
function holdsUnstorable(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') {
      if (next.includes('\0') || !next.isWellFormed()) return true;
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, part] of Object.entries(next)) left.push(name, part);
    }
  }
  return false;
}
