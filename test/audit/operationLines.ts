import type { Operation } from '@tapekeeper/core';
import type { Store } from '../../packages/server/src/ports/store.ts';

/** Conditions that leave nothing out. */
export const ALL = {
  actor: null,
  actions: null,
  objectKind: null,
  objectId: null,
  results: null,
  text: null,
  from: null,
  until: null,
} as const;

/** The newest lines of the log, newest first. */
export async function newest(store: Pick<Store, 'operations'>, limit = 100): Promise<readonly Operation[]> {
  return (await store.operations({ ...ALL, before: null, limit })).operations;
}

/** Lines that are newer than they were when it was made, oldest first. */
export async function watchLog(
  store: Pick<Store, 'operations'>,
): Promise<() => Promise<readonly Operation[]>> {
  const last = (await newest(store, 1))[0]?.id ?? 0;
  return async () => (await newest(store)).filter(({ id }) => id > last).toReversed();
}
