import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, RUN_MACHINE } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { endLeftovers } from '../../packages/server/src/app/tasks/endLeftovers.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { ageShards } from '../support/queue.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { toolsWithPrograms } from './programs.ts';
import { createTaskStand, type TaskStand } from './taskStand.ts';

const database = useCleanDatabase();

/** Everything that a task asks of the store, each of the calls that it surely makes. */
const CALLS: readonly (readonly [keyof Store, times: number])[] = [
  ['claimShard', 1],
  ['noteSteps', 2],
  ['leftoverProcesses', 1],
  ['beginProcess', 2],
  ['appendLog', 2],
  ['forgetProcess', 1],
  ['endTask', 1],
];
const FAULTS = CALLS.flatMap(([name, times]) =>
  Array.from({ length: times }, (_, at) =>
    (['before', 'after'] as const).map((when) => ({ name, nth: at + 1, when })),
  ).flat(),
);
type Fault = (typeof FAULTS)[number];

const ROUNDS = 20;

/** Waits are short: nothing here is about how long they are. */
const quickClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? Math.min(ms, 10) : ms, signal),
};

/** A store of which one call goes wrong, before or after it is done; says whether it has. */
function striking(inner: Store, fault: Fault): { readonly store: Store; struck(): boolean } {
  let calls = 0;
  const method = inner[fault.name] as (...input: unknown[]) => Promise<unknown>;
  const struck = async (...input: unknown[]): Promise<unknown> => {
    if (++calls !== fault.nth) return method(...input);
    if (fault.when === 'after') await method(...input);
    throw new AppError('database_unreachable', { host: 'test', message: 'the connection is lost.' });
  };
  return { store: { ...inner, [fault.name]: struck }, struck: () => calls >= fault.nth };
}

/** Works on a run until it is over, by whatever worker there is. */
async function finish(stand: TaskStand, id: number): Promise<RunView> {
  for (let round = 0; ; round++) {
    await stand.workOne();
    const run = await stand.run(id);
    if (RUN_MACHINE.terminal.includes(run.state)) return run;
    if (round === ROUNDS) throw new Error(`run ${id} does not end: ${run.state}`);
    await ageShards(stand.db, 60_000);
    await stand.rescue();
  }
}

it.each(FAULTS)('a program ends well when call $nth of $name fails, $when it is done', async (fault) => {
  const folder = await temporaryFolder();
  const plain = createStore(database().db);
  const faulty = striking(plain, fault);
  const stand = await createTaskStand(database().db, {
    store: () => faulty.store,
    tasks: toolsWithPrograms(folder),
    clock: quickClock,
  });
  const args = ['-c', 'echo run >> ran; echo one; echo two; echo three >&2'];
  const run = await finish(stand, await stand.begin('command', { program: 'sh', args }));
  expect(faulty.struck()).toBe(true);
  expect(run).toMatchObject({ state: 'success', result: { outputLines: 3 } });
  // lines may come twice where nobody heard that they were written, and never not at all
  const lines = new Set((await plain.runLog(run.id, 0, 100)).map(({ stream, line }) => `${stream} ${line}`));
  expect([...lines].toSorted()).toEqual(['err three', 'out one', 'out two']);
  // a note that could not be taken back is found to be of nothing
  expect(await endLeftovers(stand.deps)).toEqual([]);
  expect(await plain.leftoverProcesses(stand.deps.tasks.commands.host)).toEqual([]);
  // what has been done is not done again for want of a last word
  const times = (await readFile(join(folder, 'work', 'ran'), 'utf8')).trim().split('\n').length;
  if (['appendLog', 'forgetProcess', 'endTask'].includes(fault.name)) expect(times).toBe(1);
});
