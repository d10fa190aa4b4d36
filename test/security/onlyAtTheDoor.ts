import { AppError } from '@tapekeeper/core';
import type { Store } from '../../packages/server/src/ports/store.ts';

/** Of the database only what is asked of it to know who it is, and to note it: whoever is let in finds no more. */
const AT_THE_DOOR: ReadonlySet<keyof Store> = new Set([
  'apiTokenUser',
  'beginOperation',
  'familyUser',
  'finishOperation',
  'hasAdmin',
  'sessionUser',
]);

/** The store of an interface that has nothing behind its door. */
export function onlyAtTheDoor(store: Store): Store {
  const closed = Object.keys(store).filter((name) => !AT_THE_DOOR.has(name as keyof Store));
  const refuse = async (): Promise<never> => {
    throw new AppError('database_unreachable', { detail: '' });
  };
  return { ...store, ...Object.fromEntries(closed.map((name) => [name, refuse])) };
}
