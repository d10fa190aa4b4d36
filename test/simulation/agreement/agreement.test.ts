import {
  builtinCalendar,
  decideFires,
  occurrencesOf,
  toAppError,
  type DueJob,
  type Instant,
} from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { cronReader } from '../../../packages/server/src/cron/cronReader.ts';
import type { ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import { createStore } from '../../../packages/server/src/store/store.ts';
import { seededRandom } from '../../chaos/random.ts';
import { takeOverClock } from '../../schedule/databaseClock.ts';
import { createDatabase } from '../../support/database.ts';
import { createCalls, soundParts } from '../memory/calls.ts';
import type { Memory } from '../memory/memory.ts';
import { createQueue } from '../memory/queue.ts';
import { emptyTables } from '../memory/tables.ts';
import { WORLD_START } from '../world.ts';
import { drawCall, drawPause, type ScriptedCall } from './script.ts';
import { snapshotOf, snapshotOfMemory } from './snapshot.ts';

const CALLS = 300;
const MINUTES = 60_000;

function memoryAt(now: () => Instant): Memory {
  const last = { worker: 0, job: 0, change: 0, fire: 0, run: 0 };
  return { tables: emptyTables(), queue: createQueue(), now, newId: (of) => ++last[of], parts: soundParts() };
}

const decide = (job: DueJob, now: Instant) =>
  decideFires(
    job,
    occurrencesOf(job.schedule, { calendar: builtinCalendar(), readCron: cronReader, key: job.key }),
    now,
  );

/** What a call gives, or the code of what it is refused with. */
async function answerOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return { refused: toAppError(error).code };
  }
}

/** Calls whose whole answer is the same. */
const SAME: ReadonlySet<string> = new Set<keyof Store>([
  'closeShard',
  'stopRun',
  'pauseRun',
  'continueRun',
  'yieldShard',
  'failShard',
  'failAttempt',
  'endTask',
  'beat',
  'createRun',
  'triggerJob',
  'registerWorker',
]);

/** What of an answer both stores have to agree on. */
function comparable({ name }: ScriptedCall, answer: unknown): unknown {
  const isRefusal = answer !== null && typeof answer === 'object' && 'refused' in answer;
  if (isRefusal || SAME.has(name)) return answer;
  if (name === 'claimShard') return (answer as { claim: ShardClaim } | undefined)?.claim;
  if (name !== 'takeItems') return undefined;
  return (answer as readonly { no: number; attempts: number }[]).map(({ no, attempts }) => [no, attempts]);
}

describe('the store in memory', () => {
  it.each([1, 2, 3])(
    `does what the database does, call by call (seed %d, ${CALLS} calls)`,
    async (seed) => {
      const database = await createDatabase();
      try {
        const clock = await takeOverClock(database, WORLD_START);
        const store = createStore(database.db);
        const memory = memoryAt(() => clock.at);
        const calls = createCalls(memory);
        const random = seededRandom(seed);
        const claims: ShardClaim[] = [];
        for (let no = 0; no < CALLS; no++) {
          await clock.set(clock.at + drawPause(random));
          const drawn = drawCall(memory, claims, random);
          const input = drawn.name === 'fireDue' ? [...drawn.input, decide] : drawn.input;
          const place = `call ${no}, ${drawn.name} ${JSON.stringify(drawn.input)}`;
          const [stored, held] = [store[drawn.name], calls[drawn.name]].map(
            (method) => method as unknown as (...given: readonly unknown[]) => unknown,
          );
          const there = comparable(drawn, await answerOf(() => stored?.(...input)));
          const here = comparable(drawn, await answerOf(() => held?.(...input)));
          expect([place, here]).toEqual([place, there]);
          if (drawn.name === 'claimShard' && here !== undefined && 'fence' in (here as object))
            claims.push(here as ShardClaim);
          expect([place, snapshotOfMemory(memory)]).toEqual([place, await snapshotOf(database.db)]);
        }
        const states = new Set([...memory.tables.runs.values()].map(({ state }) => state));
        expect(states.size).toBeGreaterThan(3);
      } finally {
        await database.drop();
      }
    },
    5 * MINUTES,
  );
});
