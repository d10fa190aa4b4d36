import { AppError } from '@tapekeeper/core';
import { operationOf } from './auth/authorise.ts';
import type { HttpApp } from './context.ts';

/**
 * Turns requests away that hold a text which the database cannot: with a NUL, or with half of a surrogate pair. The
 * calls in Tushare's protocol say so in their own way.
 */
export function refuseUnstorable(app: HttpApp): void {
  app.addHook('preValidation', async ({ is404, params, query, body, routeOptions }) => {
    const operation = operationOf(routeOptions.schema as { operationId?: unknown } | undefined);
    if (is404 || operation?.startsWith('callTushare') === true) return;
    const part = Object.entries({ path: params, query, body }).find(([, value]) =>
      holdsUnstorable(value),
    )?.[0];
    if (part !== undefined)
      throw new AppError('bad_request', {
        problem: `${part}: a text in it has a NUL character, or half of a character.`,
      });
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
