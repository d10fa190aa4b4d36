import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallPermit } from '../../../packages/server/src/ports/sourceStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { addWorker, ageWorker } from '../../support/queue.ts';
import type { Stand } from './stand.ts';

const HOST = 'api.test';
/** A window so long that the time that a test takes fills no bucket. */
const HOUR = 3600;

/** Calls are counted in the database, whose clock decides; a test moves it by making what is stored older. */
export function describeBudgets(stand: Stand): void {
  const budget = (api: string, capacity: number, windowSeconds = HOUR) => ({
    host: HOST,
    api,
    windowSeconds,
    capacity,
  });
  const take = (api = 'daily') => stand().store.takeCall(HOST, api);
  const later = async (seconds: number): Promise<void> => {
    const by = sql`make_interval(secs => ${seconds})`;
    await stand().db.rows(sql`UPDATE tapekeeper.budget SET refilled_at = refilled_at - ${by}`);
    await stand().db.rows(sql`UPDATE tapekeeper.host SET open_until = open_until - ${by}`);
  };
  const waitOf = (permit: CallPermit): number => (permit.kind === 'wait' ? permit.waitMs : 0);

  describe('a budget', () => {
    it('grants what a bucket of tokens would, over any calls and pauses', async () => {
      const step = fc.oneof(
        { arbitrary: fc.constant(0), weight: 2 },
        { arbitrary: fc.integer({ min: 1, max: HOUR }), weight: 1 },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 6 }),
          fc.array(step, { maxLength: 25 }),
          async (capacity, pauses) => {
            await stand().store.setBudgets([]);
            await stand().store.setBudgets([budget('daily', capacity)]);
            let tokens = capacity;
            for (const pause of pauses) {
              if (pause > 0) await later(pause);
              tokens = Math.min(capacity, tokens + (pause * capacity) / HOUR);
              const permit = await take();
              // at the very edge the milliseconds of the test itself decide
              if (Math.abs(tokens - 1) > 0.02)
                expect([tokens, permit.kind]).toEqual([tokens, tokens >= 1 ? 'granted' : 'wait']);
              if (permit.kind === 'granted') tokens = Math.max(0, tokens - 1);
              else
                expect(waitOf(permit) / 1000).toBeCloseTo(Math.max(0, ((1 - tokens) * HOUR) / capacity), -2);
            }
          },
        ),
        { numRuns: 20 },
      );
    });

    it('is never overdrawn by callers at the same time', async () => {
      await stand().store.setBudgets([budget('daily', 5)]);
      const permits = await Promise.all(Array.from({ length: 30 }, () => take()));
      expect(permits.filter((permit) => permit.kind === 'granted')).toHaveLength(5);
    });

    it('grants after the wait that it asked for', async () => {
      await stand().store.setBudgets([budget('daily', 2)]);
      await take();
      await take();
      const permit = await take();
      await later(waitOf(permit) / 1000 - 5);
      expect((await take()).kind).toBe('wait');
      await later(5);
      expect((await take()).kind).toBe('granted');
    });

    it('of one interface and that of the whole host both count, and none is charged for a call that may not go', async () => {
      await stand().store.setBudgets([budget('*', 3), budget('daily', 2), budget('daily', 10, 60)]);
      expect((await take()).kind).toBe('granted');
      expect((await take()).kind).toBe('granted');
      expect((await take()).kind).toBe('wait');
      expect((await take()).kind).toBe('wait');
      expect((await take('other')).kind).toBe('granted');
      expect((await take('other')).kind).toBe('wait');
    });

    it('that nobody has set grants everything', async () => {
      expect((await take()).kind).toBe('granted');
    });

    it('stays spent over a restart, shrinks to a smaller size at once, and goes when it is no more set', async () => {
      await stand().store.setBudgets([budget('daily', 3), budget('other', 4)]);
      for (let calls = 0; calls < 3; calls++) await take();
      await stand().store.setBudgets([budget('daily', 3), budget('other', 1)]);
      expect((await take()).kind).toBe('wait');
      expect([(await take('other')).kind, (await take('other')).kind]).toEqual(['granted', 'wait']);
      await stand().store.setBudgets([]);
      expect((await take()).kind).toBe('granted');
    });

    it('is empty, and as large as the source says, once the source has said that it is used up', async () => {
      await stand().store.setBudgets([budget('daily', 50)]);
      await stand().store.drainBudget(budget('daily', 10));
      await stand().store.drainBudget(budget('daily', 2, 60));
      expect((await take()).kind).toBe('wait');
      await later(HOUR);
      expect([(await take()).kind, (await take()).kind, (await take()).kind]).toEqual([
        'granted',
        'granted',
        'wait',
      ]);
    });
  });

  describe('a breaker', () => {
    const fail = (times = 1) =>
      Array.from({ length: times }).reduce<Promise<void>>(
        (before) => before.then(() => stand().store.noteFailure(HOST, 'no answer', 3, 60_000)),
        Promise.resolve(),
      );
    /** Seconds for which the breaker stays open, as its caller is told. */
    const openFor = async (): Promise<number> => {
      const permit = await take();
      if (permit.kind !== 'open') return 0;
      const { now } = await stand().db.one<{ now: number }>(sql`SELECT clock_timestamp() AS now`);
      return (permit.until - now) / 1000;
    };
    const roughly = (seconds: number) => expect.closeTo(seconds, -1);

    it('opens after failures in a row, says until when and why, and lets calls through afterwards', async () => {
      await fail(2);
      expect((await take()).kind).toBe('granted');
      await fail();
      expect(await take()).toMatchObject({ kind: 'open', reason: 'no answer' });
      expect(await openFor()).toEqual(roughly(60));
      await later(60);
      expect((await take()).kind).toBe('granted');
    });

    it('opens again at the first failure after the pause, for twice as long, up to 64 times', async () => {
      await fail(3);
      for (const seconds of [120, 240, 480, 960, 1920, 3840, 3840]) {
        await later(100_000);
        await fail();
        expect(await openFor()).toEqual(roughly(seconds));
      }
    });

    it('is closed by a success, which begins the count anew', async () => {
      await fail(4);
      await later(600);
      await stand().store.noteSuccess(HOST);
      await fail(2);
      expect((await take()).kind).toBe('granted');
      await fail();
      expect(await openFor()).toEqual(roughly(60));
    });

    it('that a ban has opened stays so for the ban, and longer the next time', async () => {
      await stand().store.openBreaker(HOST, 'banned', 3_600_000);
      expect(await openFor()).toEqual(roughly(3600));
      await later(3600);
      await stand().store.openBreaker(HOST, 'banned', 3_600_000);
      expect(await openFor()).toEqual(roughly(7200));
    });

    it('takes nothing out of a budget, and is one for each host', async () => {
      await stand().store.setBudgets([budget('daily', 1)]);
      await fail(3);
      await take();
      expect((await stand().store.takeCall('other.test', 'daily')).kind).toBe('granted');
      await stand().store.noteSuccess(HOST);
      expect((await take()).kind).toBe('granted');
    });
  });

  describe('the lease of a single connection', () => {
    const lease = (worker: number) => stand().store.takeLease('baostock', worker);

    it('is held by one worker at a time, again and again by the same', async () => {
      const workers = await Promise.all(Array.from({ length: 6 }, () => addWorker(stand().store)));
      const taken = await Promise.all(workers.map(lease));
      expect(taken.filter((one) => one)).toHaveLength(1);
      const holder = workers[taken.indexOf(true)] ?? 0;
      expect(await lease(holder)).toBe(true);
    });

    it('goes on when it is given back, and by nobody else', async () => {
      const { store } = stand();
      const [one, other] = [await addWorker(store), await addWorker(store)];
      await lease(one);
      await store.releaseLease('baostock', other);
      expect(await lease(other)).toBe(false);
      await store.releaseLease('baostock', one);
      expect(await lease(other)).toBe(true);
    });

    it('falls from the hands of a worker that has stopped or gone silent', async () => {
      const { store, db } = stand();
      const [stopped, silent, alive] = [
        await addWorker(store),
        await addWorker(store),
        await addWorker(store),
      ];
      await lease(stopped);
      await db.rows(sql`UPDATE tapekeeper.worker SET stopped_at = clock_timestamp() WHERE id = ${stopped}`);
      expect(await lease(silent)).toBe(true);
      await ageWorker(db, silent, 60_000);
      expect(await lease(alive)).toBe(false);
      await store.rescue(15_000);
      expect(await lease(alive)).toBe(true);
    });

    it('tells its holder that another one wants it, for as long as that one lives', async () => {
      const { store } = stand();
      const [holder, wanting] = [await addWorker(store), await addWorker(store)];
      await lease(holder);
      expect(await store.leaseWanted('baostock', holder)).toBe(false);
      await lease(wanting);
      expect(await store.leaseWanted('baostock', holder)).toBe(true);
      expect(await store.leaseWanted('baostock', wanting)).toBe(false);
      await store.stopWorker(wanting);
      expect(await store.leaseWanted('baostock', holder)).toBe(false);
    });

    it('is wanted by nobody any more when the one that wanted it has it', async () => {
      const { store } = stand();
      const [holder, wanting] = [await addWorker(store), await addWorker(store)];
      await lease(holder);
      await lease(wanting);
      await store.releaseLease('baostock', holder);
      await lease(wanting);
      expect(await store.leaseWanted('baostock', wanting)).toBe(false);
    });
  });

  describe('a right', () => {
    it('is what was last found out, by source and interface', async () => {
      const { store } = stand();
      await store.saveRight({ source: 'tushare', api: 'daily', allowed: false, detail: 'points' });
      await store.saveRight({ source: 'tushare', api: 'stock_basic', allowed: true, detail: null });
      await store.saveRight({ source: 'tushare', api: 'daily', allowed: true, detail: null });
      expect(await store.rights()).toMatchObject([
        { api: 'daily', allowed: true, detail: null },
        { api: 'stock_basic', allowed: true },
      ]);
    });
  });
}
