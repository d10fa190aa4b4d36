import {
  addDays,
  burstOf,
  fullBucket,
  refillPerSecond,
  shanghaiDay,
  shanghaiInstant,
  takeCall as takeFrom,
  type Bucket,
  type CallClass,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetRule, CallPermit } from '../../../packages/server/src/ports/sourceStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { forgetLearned, hostFacts } from '../../../packages/server/src/store/sources.ts';
import { addWorker, ageWorker } from '../../support/queue.ts';
import type { Stand } from './stand.ts';

const HOST = 'api.test';
/** A window so long that the time that a test takes fills no bucket. */
const HOUR = 3600;
const DAY = 86_400;
const HALF_HOUR_MS = 1_800_000;

/** Calls are counted in the database, whose clock decides; a test moves it by making what is stored older. */
export function describeBudgets(stand: Stand): void {
  const budget = (api: string, capacity: number, windowSeconds = HOUR): BudgetRule => ({
    host: HOST,
    api,
    windowSeconds,
    capacity,
  });
  const take = (api = 'daily', callClass: CallClass = 'live') => stand().store.takeCall(HOST, api, callClass);
  const later = async (seconds: number): Promise<void> => {
    const by = sql`make_interval(secs => ${seconds})`;
    await stand().db.rows(sql`
      UPDATE tapekeeper.budget SET refilled_at = refilled_at - ${by}, awaited_until = awaited_until - ${by}`);
    await stand().db.rows(sql`
      UPDATE tapekeeper.host SET open_until = open_until - ${by}, probe_until = probe_until - ${by}`);
  };
  const waitOf = (permit: CallPermit): number => (permit.kind === 'wait' ? permit.waitMs : 0);
  const facts = () => hostFacts(stand().db, HOST);
  const ceilings = async () =>
    (await facts()).budgets.map(({ api, origin, windowSeconds, capacity }) => [
      api,
      origin,
      windowSeconds,
      capacity,
    ]);
  /** Takes live calls until none is left, and counts them. */
  const takeAll = async (api = 'daily', callClass: CallClass = 'live'): Promise<number> => {
    let taken = 0;
    while ((await take(api, callClass)).kind === 'granted') taken += 1;
    return taken;
  };

  describe('a budget', () => {
    it('grants what the buckets of the core would, over any calls and pauses', async () => {
      const step = fc.record({
        pause: fc.oneof(
          { arbitrary: fc.constant(0), weight: 2 },
          { arbitrary: fc.integer({ min: 1, max: HOUR }), weight: 1 },
        ),
        callClass: fc.constantFrom('live', 'backfill'),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 80 }),
          fc.array(step, { maxLength: 25 }),
          async (capacity, steps) => {
            await stand().store.setBudgets([]);
            await stand().store.setBudgets([budget('daily', capacity)]);
            let now = 0;
            const ceiling = { capacity, windowSeconds: HOUR, slides: true };
            let model: readonly Bucket[] = [fullBucket(ceiling, now)];
            for (const { pause, callClass } of steps) {
              if (pause > 0) await later(pause);
              now += pause * 1000;
              const expected = takeFrom(model, now, callClass);
              model = expected.buckets;
              const permit = await take('daily', callClass);
              // at the very edge the milliseconds of the test itself decide
              const edge = expected.granted ? 0 : expected.waitMs;
              if (edge > 0 && edge < 5000) return;
              expect(permit.kind).toBe(expected.granted ? 'granted' : 'wait');
              expect(Math.abs(waitOf(permit) - edge)).toBeLessThan(5000);
            }
          },
        ),
        { numRuns: 20 },
      );
    });

    it('is never overdrawn by callers at the same time', async () => {
      await stand().store.setBudgets([budget('daily', 125), budget('*', 250), budget('daily', 40, DAY)]);
      const permits = await Promise.all(Array.from({ length: 30 }, () => take()));
      expect(permits.filter((permit) => permit.kind === 'granted')).toHaveLength(burstOf(125));
    });

    it('grants after the wait that it asked for', async () => {
      await stand().store.setBudgets([budget('daily', 2)]);
      await take();
      const permit = await take();
      expect(waitOf(permit) / 1000).toBeCloseTo(
        1 / refillPerSecond({ capacity: 2, windowSeconds: HOUR, slides: true }),
        -1,
      );
      await later(waitOf(permit) / 1000 - 5);
      expect((await take()).kind).toBe('wait');
      await later(5);
      expect((await take()).kind).toBe('granted');
    });

    it('of one interface and that of the whole host both count, and none is charged for a call that may not go', async () => {
      await stand().store.setBudgets([budget('*', 75), budget('daily', 50), budget('daily', 500, 60)]);
      expect([await takeAll(), await takeAll('other')]).toEqual([2, 1]);
    });

    it('that nobody has set grants everything', async () => {
      expect((await take()).kind).toBe('granted');
      expect((await take('daily', 'backfill')).kind).toBe('granted');
    });

    it('stays spent over a restart, shrinks to a smaller size at once, and goes when it is no more set', async () => {
      await stand().store.setBudgets([budget('daily', 75), budget('other', 100)]);
      await takeAll();
      await stand().store.setBudgets([budget('daily', 75), budget('other', 25)]);
      expect((await take()).kind).toBe('wait');
      expect(await takeAll('other')).toBe(1);
      await stand().store.setBudgets([]);
      expect((await take()).kind).toBe('granted');
    });

    it('of a day is that of the calendar in Shanghai, and a larger one keeps what is spent', async () => {
      await stand().store.setBudgets([budget('daily', 3, DAY)]);
      expect(await takeAll()).toBe(3);
      const { now } = await facts();
      const midnight = shanghaiInstant(addDays(shanghaiDay(now), 1), 0);
      const permit = await take();
      // a test that runs over midnight meets the next day's quota
      if (permit.kind === 'wait') expect(Math.abs(permit.waitMs - (midnight - now))).toBeLessThan(5000);
      await stand().store.setBudgets([budget('daily', 5, DAY)]);
      expect(await takeAll()).toBe(2);
      await later(DAY);
      expect(await takeAll()).toBe(5);
    });

    it('is empty, and as large as the source says, once the source has said that it is used up', async () => {
      await stand().store.setBudgets([budget('daily', 500)]);
      await stand().store.drainBudget(budget('daily', 50));
      expect(await ceilings()).toEqual([
        ['daily', 'configured', HOUR, 500],
        ['daily', 'learned', HOUR, 50],
      ]);
      await later(HOUR - 10);
      expect((await take()).kind).toBe('wait');
      await later(HOUR);
      expect(await takeAll()).toBe(burstOf(50));
    });

    it('keeps what was learned over a restart, and is never raised by it', async () => {
      await stand().store.setBudgets([budget('daily', 50)]);
      await stand().store.drainBudget(budget('daily', 5000));
      await later(2 * HOUR);
      await stand().store.setBudgets([budget('daily', 50)]);
      expect(await ceilings()).toEqual([
        ['daily', 'configured', HOUR, 50],
        ['daily', 'learned', HOUR, 5000],
      ]);
      expect(await takeAll()).toBe(burstOf(50));
    });

    it('learns the newest word of the source on each window, interface by interface', async () => {
      await stand().store.drainBudget(budget('daily', 200, 60));
      await stand().store.drainBudget(budget('daily', 500, 60));
      await stand().store.drainBudget(budget('daily', 20_000, DAY));
      await stand().store.drainBudget(budget('bak_basic', 20, DAY));
      expect(await ceilings()).toEqual([
        ['bak_basic', 'learned', DAY, 20],
        ['daily', 'learned', 60, 500],
        ['daily', 'learned', DAY, 20_000],
      ]);
      expect((await take('stock_basic')).kind).toBe('granted');
      expect((await take('bak_basic')).kind).toBe('wait');
    });

    it('forgets what it has learned when a person says so', async () => {
      await stand().store.setBudgets([budget('daily', 50)]);
      await stand().store.drainBudget(budget('daily', 2));
      expect(await forgetLearned(stand().db, HOST)).toBe(1);
      expect(await takeAll()).toBe(burstOf(50));
    });
  });

  describe('live work and backfills', () => {
    it('share a budget, of which a backfill leaves a part that live work finds at once', async () => {
      await stand().store.setBudgets([budget('daily', 250)]);
      expect(await takeAll('daily', 'backfill')).toBe(8);
      expect(await takeAll()).toBe(2);
    });

    it('take turns so that live work which waits gets the next call', async () => {
      await stand().store.setBudgets([budget('daily', 1)]);
      expect((await take('daily', 'backfill')).kind).toBe('granted');
      const waiting = waitOf(await take());
      expect(waiting).toBeGreaterThan(0);
      await later(waiting / 1000);
      const permits = await Promise.all(Array.from({ length: 5 }, () => take('daily', 'backfill')));
      expect(permits.map((permit) => permit.kind)).toEqual(Array.from({ length: 5 }, () => 'wait'));
      expect((await take()).kind).toBe('granted');
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
      return (permit.until - (await facts()).now) / 1000;
    };
    const roughly = (seconds: number) => expect.closeTo(seconds, -1);

    it('opens after failures in a row, and says until when and why', async () => {
      await fail(2);
      expect((await take()).kind).toBe('granted');
      await fail();
      expect(await take()).toMatchObject({ kind: 'open', reason: 'no answer' });
      expect(await openFor()).toEqual(roughly(60));
    });

    it('lets one of many callers try after the pause, and the next one when that stays silent', async () => {
      await fail(3);
      await later(60);
      const permits = await Promise.all(Array.from({ length: 20 }, () => take()));
      expect(permits.filter((permit) => permit.kind === 'granted')).toHaveLength(1);
      expect(permits.filter((permit) => permit.kind === 'wait')).toHaveLength(19);
      await later(30);
      expect((await take()).kind).toBe('granted');
      expect((await take()).kind).toBe('wait');
    });

    it('gives no permit to try to a call that its budget holds back', async () => {
      await stand().store.setBudgets([budget('daily', 1)]);
      await take();
      await fail(3);
      await later(60);
      expect(waitOf(await take())).toBeGreaterThan(60_000);
      expect((await take('other')).kind).toBe('granted');
    });

    it('opens again when the one who tries fails, for twice as long, up to an hour', async () => {
      await fail(3);
      for (const seconds of [120, 240, 480, 960, 1920, HOUR, HOUR]) {
        await later(100_000);
        await fail();
        expect(await openFor()).toEqual(roughly(seconds));
      }
    });

    it('is closed by a success, which begins the count anew', async () => {
      await fail(3);
      await later(600);
      expect((await take()).kind).toBe('granted');
      await stand().store.noteSuccess(HOST);
      await fail(2);
      expect((await take()).kind).toBe('granted');
      await fail();
      expect(await openFor()).toEqual(roughly(60));
    });

    it('stays as it is for calls that were on their way when it opened', async () => {
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      await stand().store.noteSuccess(HOST);
      await fail(3);
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      expect(await openFor()).toEqual(roughly(1800));
    });

    it('that a ban has opened stays so for half an hour, two hours, and twelve', async () => {
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      for (const hours of [0.5, 2, 12, 12]) {
        expect(await openFor()).toEqual(roughly(hours * HOUR));
        await later(hours * HOUR);
        await take();
        await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      }
    });

    it('takes a closed connection for the ban going on', async () => {
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      await later(1800);
      await take();
      await fail();
      expect(await openFor()).toEqual(roughly(2 * HOUR));
    });

    it('takes nothing out of a budget, and is one for each host', async () => {
      await stand().store.setBudgets([budget('daily', 1)]);
      await fail(3);
      await take();
      expect((await stand().store.takeCall('other.test', 'daily')).kind).toBe('granted');
      await later(60);
      expect((await take()).kind).toBe('granted');
    });
  });

  describe('what a ban teaches', () => {
    const learned = async () =>
      (await ceilings())
        .filter(([, origin]) => origin === 'learned')
        .map(([, , seconds, calls]) => [seconds, calls]);
    const callsOf = async (count: number): Promise<void> => {
      for (let made = 0; made < count; made++) await take();
    };
    /** Puts the calls so far so many minutes into the past. */
    const minutesAgo = (minutes: number) =>
      stand().db.rows(sql`
        UPDATE tapekeeper.host_minute SET minute = minute - make_interval(mins => ${minutes}),
          first_at = first_at - make_interval(mins => ${minutes}), last_at = last_at - make_interval(mins => ${minutes})`);

    it('is a ceiling below the calls that brought it, of the shortest window that explains it', async () => {
      await callsOf(20);
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      expect(await learned()).toEqual([[60, 18]]);
    });

    it('is one of a longer window, where the shorter ones had held as much before', async () => {
      await callsOf(10);
      await minutesAgo(7);
      await callsOf(10);
      await minutesAgo(11);
      await callsOf(5);
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      expect(await learned()).toEqual([[HOUR, 22]]);
    });

    it('holds from then on, for all processes, and is spent at first', async () => {
      await callsOf(20);
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      await later(1800);
      expect((await take()).kind).toBe('granted');
      await stand().store.noteSuccess(HOST);
      expect(await takeAll()).toBe(0);
    });

    it('is taught once, however many calls hear of the same ban, and however often it goes on', async () => {
      await callsOf(20);
      await Promise.all(
        Array.from({ length: 5 }, () => stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS)),
      );
      await later(1800);
      await take();
      await stand().store.openBreaker(HOST, 'banned', HALF_HOUR_MS);
      expect(await learned()).toEqual([[60, 18]]);
    });

    it('is nothing, where the ban is not for calls or none were made', async () => {
      await stand().store.openBreaker('other.test', 'banned', HALF_HOUR_MS);
      await callsOf(20);
      await stand().store.openBreaker(HOST, 'too many addresses', HALF_HOUR_MS, false);
      expect(await learned()).toEqual([]);
    });

    it('is judged by the calls of a little more than a day', async () => {
      await callsOf(1);
      await minutesAgo(24 * 60);
      await callsOf(1);
      const kept = () =>
        stand().db.one<{ minutes: number }>(sql`SELECT count(*)::int AS minutes FROM tapekeeper.host_minute`);
      expect(await kept()).toEqual({ minutes: 2 });
      await minutesAgo(2 * 60);
      await callsOf(1);
      expect(await kept()).toEqual({ minutes: 2 });
    });
  });

  describe('how long calls take', () => {
    it('is kept by host and interface, with more weight on newer calls', async () => {
      const { store } = stand();
      await store.noteSuccess(HOST, [
        { api: 'daily', ms: 100 },
        { api: 'daily', ms: 300 },
        { api: 'stock_basic', ms: 2000 },
      ]);
      await store.noteSuccess(HOST, [{ api: 'daily', ms: 500 }]);
      await store.noteSuccess('other.test', [{ api: 'daily', ms: 9 }]);
      expect((await facts()).latencies).toEqual([
        { api: 'daily', meanMs: 300, calls: 3 },
        { api: 'stock_basic', meanMs: 2000, calls: 1 },
      ]);
    });

    it('is lost by none of those who tell it at the same time', async () => {
      const { store } = stand();
      await Promise.all(
        Array.from({ length: 20 }, () => store.noteSuccess(HOST, [{ api: 'daily', ms: 100 }])),
      );
      expect((await facts()).latencies).toEqual([
        { api: 'daily', meanMs: expect.closeTo(100, 6), calls: 20 },
      ]);
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

    it('is left to the one that was refused, once, when the one that had it would take it again', async () => {
      const { store } = stand();
      const [holder, wanting] = [await addWorker(store), await addWorker(store)];
      await lease(holder);
      await lease(wanting);
      await store.releaseLease('baostock', holder);
      expect(await lease(holder)).toBe(false);
      expect(await lease(wanting)).toBe(true);

      await lease(holder);
      await store.releaseLease('baostock', wanting);
      expect(await lease(wanting)).toBe(false);
      // who wanted it does not come any more: it is nobody's for ever
      expect(await lease(wanting)).toBe(true);
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

    it('that was refused is open again after a day, since points may have been bought', async () => {
      const { store, db } = stand();
      await store.saveRight({ source: 'tushare', api: 'daily', allowed: false, detail: 'points' });
      await store.saveRight({ source: 'tushare', api: 'stock_basic', allowed: true, detail: null });
      await db.rows(sql`
        UPDATE tapekeeper.source_right SET checked_at = checked_at - interval '23 hours 59 minutes'`);
      expect(await store.rights()).toHaveLength(2);
      await db.rows(sql`UPDATE tapekeeper.source_right SET checked_at = checked_at - interval '2 minutes'`);
      expect(await store.rights()).toMatchObject([{ api: 'stock_basic' }]);
    });
  });
}
