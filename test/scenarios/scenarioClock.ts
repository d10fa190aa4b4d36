import { AppError, type Instant } from '@tapekeeper/core';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/**
 * The one time of a scenario: of the product, of its budgets and breakers in the database, and of the
 * upstream's quotas. It stands still, and a sleep moves it to the sleep's end as soon as no call is on the
 * wire, so that nothing is waited for and every count comes out the same.
 */
export interface ScenarioClock {
  readonly now: () => Instant;
  /** What the use cases are given. */
  readonly product: Clock;
  /** What the clients are given: their deadlines are about real sockets. */
  readonly client: Clock;
  /** A call is on the wire until the function returned is called. Meanwhile time stands still for all. */
  callBegins(): () => void;
  /** Never back. */
  moveTo(at: Instant): Promise<void>;
}

/** Tables that `emptyTables` has to leave alone. */
export const CLOCK_TABLE = 'tapekeeper.test_clock';

/** Puts the time of budgets and breakers into a table; once for a database, by its owner. */
export async function installClock(owner: Database): Promise<void> {
  await owner.rows(sql`CREATE TABLE tapekeeper.test_clock (at timestamptz NOT NULL)`);
  await owner.rows(sql`INSERT INTO tapekeeper.test_clock VALUES (now())`);
  await owner.rows(sql`
    CREATE OR REPLACE FUNCTION tapekeeper.source_now() RETURNS timestamptz LANGUAGE sql STABLE
      AS 'SELECT at FROM tapekeeper.test_clock'`);
}

export async function startClock(owner: Database, startsAt: Instant): Promise<ScenarioClock> {
  let time = startsAt;
  const onWire = new Set<Promise<void>>();
  const write = () =>
    owner.rows(sql`UPDATE tapekeeper.test_clock SET at = to_timestamp(${time}::float8 / 1000)`);
  const moveTo = async (at: Instant): Promise<void> => {
    time = Math.max(time, at);
    await write();
  };
  await write();
  return {
    now: () => time,
    moveTo,
    client: { ...systemClock, now: () => time },
    callBegins() {
      const { promise, resolve } = Promise.withResolvers<void>();
      onWire.add(promise);
      return () => {
        onWire.delete(promise);
        resolve();
      };
    },
    product: {
      now: () => time,
      monotonic: () => time,
      async sleep(ms, signal) {
        if (signal?.aborted) throw new AppError('interrupted');
        const end = time + ms;
        // a call that went out before shall not arrive after the sleep: loopback takes no time at all
        while (onWire.size > 0) await Promise.all(onWire);
        await moveTo(end);
      },
    },
  };
}
