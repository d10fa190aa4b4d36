import { AppError } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

/** A concurrency group as it stands. */
export type GroupView = Awaited<ReturnType<AppDeps['store']['groups']>>[number];

/**
 * How many runs of a group there may be at a time; a group that no job names yet is made. Runs that waited
 * get their turn where there is room for them now; those beyond a smaller number go on to their end.
 */
export async function setGroup(
  { store }: Pick<AppDeps, 'store'>,
  name: string,
  most: number,
): Promise<GroupView> {
  await store.setGroup(name, most);
  await store.giveTurns();
  const group = (await store.groups()).find((one) => one.name === name);
  if (group === undefined) throw new AppError('internal', { message: `the group ${name} has vanished` });
  return group;
}
