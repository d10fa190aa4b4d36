import type { AppDeps } from '../deps.ts';

/**
 * Ends programs of this machine that nobody watches any more: their worker was killed, or their run was
 * ended by force. Nothing is begun before they are gone. Returns the runs that they were of.
 */
export async function endLeftovers(
  deps: Pick<AppDeps, 'store' | 'tasks' | 'log'>,
): Promise<readonly number[]> {
  const { commands } = deps.tasks;
  const ended: number[] = [];
  for (const left of await deps.store.leftoverProcesses(commands.host)) {
    if (await commands.endLeftover(left)) {
      ended.push(left.runId);
      deps.log.warn({ runId: left.runId, pid: left.pid }, 'a program that nobody watched was ended');
    }
    await deps.store.forgetProcess(left);
  }
  return ended;
}
