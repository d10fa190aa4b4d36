import { describe, expect, it } from 'vitest';
import { sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { newRun, type Stand } from './stand.ts';

interface Event {
  readonly seq: number;
  readonly payload: { readonly writer?: number; readonly at?: number; readonly state?: string };
}

const eventsAfter = (db: Database, seq: number) =>
  db.rows<Event>(sql`SELECT seq, payload FROM tapekeeper.event WHERE seq > ${seq} ORDER BY seq`);

/** Whether a connection to the database waits for a lock of another. */
async function somebodyWaits(db: Database): Promise<boolean> {
  const waiting = await db.rows(sql`
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`);
  return waiting.length > 0;
}

/** Numbers of events grow in the order in which readers can see them. */
export function describeEvents(stand: Stand): void {
  const publishAll = async (): Promise<void> => {
    while ((await stand().store.publishEvents(100)) > 0);
  };

  describe('events', () => {
    it('are told only of what was committed, oldest first, no more than asked for at a time', async () => {
      const { store, db } = stand();
      await Promise.all(Array.from({ length: 5 }, () => store.createRun(newRun())));
      await expect(store.createRun(newRun({ cause: 'whim' as never }))).rejects.toMatchObject({
        code: '23514',
      });
      expect([
        await store.publishEvents(3),
        await store.publishEvents(3),
        await store.publishEvents(3),
      ]).toEqual([3, 2, 0]);
      const told = await eventsAfter(db, 0);
      expect(told).toHaveLength(5);
      expect(told.map((event) => event.seq)).toEqual(told.map((_, at) => (told[0]?.seq ?? 0) + at));
    });

    it('of a transaction that commits late get a number then, above all that were seen before', async () => {
      const { db, store } = stand();
      const { early, seen } = await db.transaction(async (tx) => {
        // takes the smaller place in the outbox, and is still under way when the other is published
        await tx.rows(
          sql`INSERT INTO tapekeeper.event_outbox (topic, payload) VALUES ('run', '{"writer": 1}')`,
        );
        await store.createRun(newRun());
        await publishAll();
        const before = await eventsAfter(db, 0);
        return { early: before.map((event) => event.payload.writer), seen: before.at(-1)?.seq ?? 0 };
      });
      await publishAll();
      expect(early).not.toContain(1);
      expect(await eventsAfter(db, seen)).toMatchObject([{ payload: { writer: 1 } }]);
    });

    it('are numbered by one publisher at a time: while one is at work, another does nothing', async () => {
      const { db, store } = stand();
      await store.createRun(newRun());
      let first: Promise<number> = Promise.resolve(0);
      await db.transaction(async (tx) => {
        await tx.rows(sql`SELECT 1 FROM tapekeeper.event_outbox FOR UPDATE`);
        first = store.publishEvents(100);
        while (!(await somebodyWaits(db)));
        expect(await store.publishEvents(100)).toBe(0);
      });
      expect(await first).toBe(1);
    });

    it('never show a reader a smaller number later, with many writers and two publishers at once', async () => {
      const { db, store } = stand();
      const WRITERS = 4;
      const EACH = 25;
      let open = WRITERS;
      const write = async (writer: number): Promise<void> => {
        for (let at = 0; at < EACH; at++) {
          await db.transaction(async (tx) => {
            for (const part of [0, 1]) {
              await tx.rows(sql`
                INSERT INTO tapekeeper.event_outbox (topic, payload) VALUES ('test', ${JSON.stringify({ writer, at: at * 2 + part })}::jsonb)`);
            }
          });
        }
        open--;
      };
      const publish = async (): Promise<void> => {
        while (open > 0) await store.publishEvents(7);
      };
      const read: Event[] = [];
      const follow = async (): Promise<void> => {
        while (open > 0) read.push(...(await eventsAfter(db, read.at(-1)?.seq ?? 0)));
      };
      await Promise.all([
        ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
        publish(),
        publish(),
        follow(),
      ]);
      await publishAll();
      read.push(...(await eventsAfter(db, read.at(-1)?.seq ?? 0)));

      expect(read).toEqual(await eventsAfter(db, 0));
      expect(read).toHaveLength(WRITERS * EACH * 2);
      expect(new Set(read.map((event) => event.seq)).size).toBe(read.length);
      for (let writer = 0; writer < WRITERS; writer++) {
        const own = read.filter((event) => event.payload.writer === writer).map((event) => event.payload.at);
        expect(own).toEqual(Array.from({ length: EACH * 2 }, (_, at) => at));
      }
    });
  });
}
