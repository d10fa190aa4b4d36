import {
  addDays,
  Bitmap,
  builtinCalendar,
  foldDays,
  plainDay,
  type PlainDay,
  type SourceId,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOfDays } from '../../../packages/server/src/app/dayRuns.ts';
import type { CoverageGain } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { commitOnce, type Stand } from './stand.ts';

const CALENDAR = builtinCalendar();
/** Two weeks, then the spring festival, then some days more. */
const OPEN = CALENDAR.tradingDays(plainDay('2024-01-22'), plainDay('2024-02-23'));
const ALL = { from: OPEN[0] as PlainDay, to: OPEN.at(-1) as PlainDay };
const day = (text: string): PlainDay => plainDay(`2024-${text}`);

const rangesOf = (
  instrumentId: number,
  days: readonly PlainDay[],
  source: SourceId = 'tushare',
): readonly CoverageGain[] =>
  runsOfDays(CALENDAR, days).map((run) => ({
    kind: 'range',
    dataset: 'daily_bars',
    source,
    instrumentId,
    ...run,
  }));
const dayOf = (on: PlainDay, ids: readonly number[], source: SourceId = 'tushare'): CoverageGain => ({
  kind: 'day',
  dataset: 'daily_bars',
  source,
  day: on,
  members: Bitmap.of(ids).toBytes(),
  rows: ids.length,
});
const exception = (
  instrumentId: number,
  on: PlainDay,
  kind: 'absent' | 'suspended',
  source: SourceId = 'tushare',
): CoverageGain => ({
  kind: 'exception',
  dataset: 'daily_bars',
  source,
  instrumentId,
  day: on,
  exception: kind,
});

/** What commits leave of the knowledge of what is complete. */
export function describeCoverage(stand: Stand): void {
  const gain = (...gains: readonly CoverageGain[]) => commitOnce(stand().store, { gains });
  const coverage = (ids: readonly number[] | null = null, days = ALL) =>
    stand().store.coverageOf('daily_bars', days.from, days.to, ids);
  const ranges = async () =>
    (await coverage()).ranges
      .map(({ instrumentId, from, to }) => `${instrumentId}: ${from} to ${to}`)
      .toSorted();

  describe('covered ranges', () => {
    it('become one across days on which the exchanges are closed, and only those', async () => {
      await gain(...rangesOf(1, [day('01-25'), day('01-26')]));
      await gain(...rangesOf(1, [day('01-29')]));
      await gain(...rangesOf(1, [day('02-08')]));
      await gain(...rangesOf(1, [day('02-19')]), ...rangesOf(2, [day('01-30')]));
      expect(await ranges()).toEqual([
        '1: 2024-01-25 to 2024-01-29',
        '1: 2024-02-08 to 2024-02-19',
        '2: 2024-01-30 to 2024-01-30',
      ]);
      await gain(...rangesOf(1, CALENDAR.tradingDays(day('01-30'), day('02-07'))));
      expect(await ranges()).toEqual(['1: 2024-01-25 to 2024-02-19', '2: 2024-01-30 to 2024-01-30']);
    });

    it('of two sources stay apart', async () => {
      await gain(...rangesOf(1, [day('01-25')]), ...rangesOf(1, [day('01-26')], 'baostock'));
      expect((await coverage()).ranges).toHaveLength(2);
    });

    it('hold exactly the days that came, in the fewest ranges, in whatever order and pieces these came', async () => {
      const piece = fc.record({
        id: fc.constantFrom(1, 2),
        days: fc.subarray([...OPEN], { minLength: 1 }),
        together: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
          await stand().db.rows(sql`DELETE FROM tapekeeper.coverage_range`);
          const came = new Map<number, Set<PlainDay>>([
            [1, new Set()],
            [2, new Set()],
          ]);
          let batch: CoverageGain[] = [];
          for (const { id, days, together } of pieces) {
            for (const each of days) came.get(id)?.add(each);
            batch.push(...rangesOf(id, days));
            if (together) continue;
            await gain(...batch);
            batch = [];
          }
          if (batch.length > 0) await gain(...batch);
          const expected = [...came].flatMap(([id, days]) =>
            runsOfDays(CALENDAR, [...days]).map(({ from, to }) => `${id}: ${from} to ${to}`),
          );
          expect(await ranges()).toEqual(expected.toSorted());
        }),
        { numRuns: 25 },
      );
    });
  });

  describe('covered days', () => {
    it('are kept by run and source, and read with their members', async () => {
      await gain(dayOf(day('01-25'), [1, 2]));
      await gain(dayOf(day('01-25'), [3], 'baostock'), dayOf(day('01-26'), [1]));
      const { days } = await coverage();
      const read = days.map(
        ({ day: on, source, members, rows }) =>
          `${on} ${source}: ${[...Bitmap.fromBytes(members).values()].join(' ')}, ${rows}`,
      );
      expect(read.toSorted()).toEqual([
        '2024-01-25 baostock: 3, 1',
        '2024-01-25 tushare: 1 2, 2',
        '2024-01-26 tushare: 1, 1',
      ]);
      expect(await stand().store.coveredSpan('daily_bars')).toEqual({ from: '2024-01-25', to: '2024-01-26' });
      expect(await stand().store.recentDayRows('daily_bars', 'tushare', day('01-26'), 5)).toEqual([2]);
    });

    it('are folded into ranges with the same cells, but for those that are younger or of another source', async () => {
      const rows = fc.array(
        fc.tuple(
          fc.constantFrom(...OPEN),
          fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        ),
        { minLength: 1, maxLength: 10 },
      );
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.subarray([...OPEN], { minLength: 1 }),
          fc.constantFrom(...OPEN),
          async (dayRows, ranged, before) => {
            const { store, db } = stand();
            await db.rows(sql`DELETE FROM tapekeeper.coverage_range`);
            await db.rows(sql`DELETE FROM tapekeeper.coverage_day`);
            await gain(
              ...rangesOf(1, ranged),
              ...rangesOf(2, ranged, 'baostock'),
              dayOf(day('01-23'), [1, 9], 'baostock'),
            );
            // a run may give a day only once
            for (const [on, ids] of dayRows) await gain(dayOf(on, ids));
            const cells = await cellsOf(stand);
            const folded = await store.foldDays('daily_bars', 'tushare', before, (days, known) =>
              foldDays({
                calendar: CALENDAR,
                ranges: known,
                days: days.map((one) => ({ day: one.day, members: Bitmap.fromBytes(one.members) })),
              }),
            );
            expect(folded).toBe(dayRows.filter(([on]) => on < before).length);
            expect(await cellsOf(stand)).toEqual(cells);
            const left = (await coverage()).days.filter((one) => one.source === 'tushare');
            expect(left.every((one) => one.day >= before)).toBe(true);
          },
        ),
        { numRuns: 15 },
      );
    });
  });

  describe('absences', () => {
    const kinds = async () =>
      (await coverage()).exceptions
        .map(({ instrumentId, source, kind }) => `${instrumentId} ${source} ${kind}`)
        .toSorted();

    it('are taken back by a row of the source that reported them, and by no other', async () => {
      for (const source of ['tushare', 'baostock'] as const) {
        await gain(
          exception(1, day('01-25'), 'absent', source),
          exception(9, day('01-25'), 'absent', source),
        );
      }
      await gain(dayOf(day('01-25'), [1, 2]));
      expect(await kinds()).toEqual(['1 baostock absent', '9 baostock absent', '9 tushare absent']);
      await gain(...rangesOf(9, [day('01-24'), day('01-25')], 'baostock'));
      expect(await kinds()).toEqual(['1 baostock absent', '9 tushare absent']);
    });

    it('on other days, and other reasons, are left alone by rows', async () => {
      await gain(exception(1, day('01-24'), 'absent'), exception(1, day('01-25'), 'suspended'));
      await gain(dayOf(day('01-25'), [1]), ...rangesOf(1, [day('01-26')]));
      expect(await kinds()).toEqual(['1 tushare absent', '1 tushare suspended']);
    });

    it('give way to the word that the symbol was suspended, and come back', async () => {
      await gain(exception(1, day('01-25'), 'absent'));
      await gain(exception(1, day('01-25'), 'suspended'));
      expect(await kinds()).toEqual(['1 tushare suspended']);
      await gain(exception(1, day('01-25'), 'absent'));
      expect(await kinds()).toEqual(['1 tushare absent']);
    });

    it('never take the place of a hole that a person has accepted', async () => {
      await stand().db.rows(sql`
        INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, reason, author)
        VALUES ('daily_bars', 1, '2024-01-25', 'tushare', 'accepted', 'never traded', 'someone')`);
      await gain(exception(1, day('01-25'), 'absent'));
      await gain(dayOf(day('01-25'), [1]));
      expect(await kinds()).toEqual(['1 tushare accepted']);
    });
  });

  describe('coverage', () => {
    it('is read for some days and some instruments', async () => {
      await gain(
        ...rangesOf(1, OPEN),
        ...rangesOf(2, [day('01-25')]),
        exception(2, day('01-26'), 'absent'),
        dayOf(day('01-29'), [1]),
      );
      const one = await coverage([2], { from: day('01-25'), to: day('01-26') });
      expect([one.ranges.length, one.days.length, one.exceptions.length]).toEqual([1, 0, 1]);
      const other = await coverage([1], { from: day('01-29'), to: addDays(day('01-29'), 1) });
      expect([other.ranges.length, other.days.length, other.exceptions.length]).toEqual([1, 1, 0]);
      expect(await stand().store.coveredSpan('adj_factors')).toBeUndefined();
    });

    it('of a list is as fresh as its last reading, over all the days that came', async () => {
      const { store } = stand();
      const fresh = (from: string, through: string): CoverageGain => ({
        kind: 'fresh',
        dataset: 'trade_calendar',
        source: 'tushare',
        scope: 'XSHG',
        from: plainDay(from),
        through: plainDay(through),
      });
      await gain(fresh('2020-01-01', '2024-12-31'));
      const [before] = await store.freshness('trade_calendar');
      await gain(fresh('2022-01-01', '2025-12-31'));
      const after = await store.freshness('trade_calendar');
      expect(after).toEqual([
        {
          dataset: 'trade_calendar',
          scope: 'XSHG',
          source: 'tushare',
          asOf: expect.any(Number),
          from: '2020-01-01',
          through: '2025-12-31',
        },
      ]);
      expect(after[0]?.asOf).toBeGreaterThan(before?.asOf ?? Infinity);
    });
  });
}

/** Every covered cell with its source. */
async function cellsOf(stand: Stand): Promise<readonly string[]> {
  const { ranges, days } = await stand().store.coverageOf('daily_bars', ALL.from, ALL.to, null);
  const cells = new Set<string>();
  for (const { instrumentId, source, from, to } of ranges) {
    for (const on of CALENDAR.tradingDays(from, to)) cells.add(`${source} ${instrumentId} ${on}`);
  }
  for (const { day: on, source, members } of days) {
    for (const id of Bitmap.fromBytes(members).values()) cells.add(`${source} ${id} ${on}`);
  }
  return [...cells].toSorted();
}
