import { randomUUID } from 'node:crypto';
import { systemClock } from '../../packages/server/src/clock.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { Log } from '../../packages/server/src/ports/log.ts';
import { createScheduler, type Scheduler } from '../../packages/server/src/scheduler/scheduler.ts';
import { connect, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { below, type Random } from '../chaos/random.ts';
import type { Fleet } from './trial.ts';

/** Short, so that a moved clock is soon seen. */
const MAX_SLEEP_MS = 10;
const SKEW_MS = 30_000;
const HOUR = 3_600_000;

interface Member {
  readonly db: Database;
  readonly scheduler: Scheduler;
  readonly skew: { ms: number };
}

/** Schedulers of this process over connections of their own, whose clocks are wrong and jump. */
export async function openLoopFleet(
  url: string,
  count: number,
  random: Random,
  log: Log,
): Promise<Fleet & { close(): Promise<void> }> {
  const members: Member[] = [];
  for (let no = 0; no < count; no++) {
    const db = await connect({ url, max: 3, applicationName: `scheduler ${no}`, statementTimeoutMs: 20_000 });
    const skew = { ms: below(random, 2 * SKEW_MS) - SKEW_MS };
    const clock = { ...systemClock, now: () => systemClock.now() + skew.ms };
    const scheduler = createScheduler({
      deps: { store: createStore(db), clock, readCron: cronReader, log },
      node: `node ${no}`,
      pid: process.pid,
      newBoot: randomUUID,
      maxSleepMs: MAX_SLEEP_MS,
    });
    members.push({ db, scheduler, skew });
  }
  const all = async (work: (scheduler: Scheduler) => Promise<void>): Promise<void> =>
    void (await Promise.all(members.map(({ scheduler }) => work(scheduler))));
  return {
    start: () => all((scheduler) => scheduler.start()),
    stop: () => all((scheduler) => scheduler.stop()),
    async disturb() {
      const member = members[below(random, members.length)];
      if (member !== undefined) member.skew.ms += below(random, 28 * HOUR) - 2 * HOUR;
    },
    async close() {
      await all((scheduler) => scheduler.stop());
      for (const { db } of members) await db.close();
    },
  };
}
