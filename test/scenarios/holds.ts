import {
  Bitmap,
  boardOf,
  findGaps,
  isExpected,
  symbolOf,
  type DatasetId,
  type SourceId,
} from '@tapekeeper/core';
import { assert } from 'vitest';
import type { Cells, Holds } from '../../packages/replay/src/scenarios/scenario.ts';
import { loadMarket } from '../../packages/server/src/app/market.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { expectCalls, expectCounts, type Numbers } from './counts.ts';
import type { ScenarioStand } from './scenarioStand.ts';
import { differingBars, differingFactors, storedBars } from './truth.ts';

/** Checks all that a scenario says of the end, and that every stored bar is true. */
export async function expectHolds(stand: ScenarioStand, holds: Holds): Promise<void> {
  await expectBars(stand, holds);
  assert.deepEqual(
    await differingFactors(stand.db, stand.upstream.world),
    [],
    "factors that are not the world's",
  );
  for (const wanted of holds.gaps ?? []) await expectGaps(stand, wanted);
  await expectTables(stand, holds);
  await expectHosts(stand, holds);
  if (holds.calls) expectCalls(stand.upstream.replay.counts(), holds.calls, 'all steps');
}

type Gaps = NonNullable<Holds['gaps']>[number];

async function expectBars({ db, upstream }: ScenarioStand, holds: Holds): Promise<void> {
  const bars = await storedBars(db);
  const keyOf = (bar: { symbol: string; trade_date: string }): string => `${bar.symbol} ${bar.trade_date}`;
  const mayDiffer = bars.filter((bar) =>
    (holds.differing ?? []).some((cells) => isAmong(cells, bar.symbol, bar.trade_date)),
  );
  assert.deepEqual(
    differingBars(upstream.world, bars).map(keyOf),
    mayDiffer.map(keyOf),
    'bars that are not those of the world',
  );
  if (holds.barsBySource)
    expectCounts(
      countBy(bars, ({ source }) => source),
      holds.barsBySource,
      'bars by source',
    );
  for (const [symbol, sources] of Object.entries(holds.sourcesOfSymbol ?? {})) {
    const found = new Set(bars.filter((bar) => bar.symbol === symbol).map(({ source }) => source));
    assert.deepEqual([...found].toSorted(), [...sources].toSorted(), `who gave the bars of ${symbol}`);
  }
}

async function expectGaps({ deps }: ScenarioStand, { dataset, from, to, missing }: Gaps): Promise<void> {
  const { calendar, listings } = await loadMarket(deps, dataset);
  const { ranges, days, exceptions } = await deps.store.coverageOf(dataset, from, to, null);
  const gaps = findGaps({
    calendar,
    listings,
    from,
    to,
    coverage: {
      ranges,
      exceptions,
      days: days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    },
  });
  const found = gaps.days.flatMap(({ day, missing: members }) =>
    listings.filter(({ instrumentId }) => members.has(instrumentId)).map(({ symbol }) => `${symbol} ${day}`),
  );
  const wanted = listings.flatMap((listing) =>
    calendar
      .tradingDays(from, to)
      .filter((day) => isExpected(calendar, listing, day))
      .filter((day) => missing.some((cells) => isAmong(cells, listing.symbol, day)))
      .map((day) => `${listing.symbol} ${day}`),
  );
  assert.deepEqual(found.toSorted(), wanted.toSorted(), `gaps of ${dataset}`);
}

function isAmong({ symbol, board, from, to }: Cells, own: string, day: string): boolean {
  return (
    (symbol === undefined || symbol === own) &&
    (board === undefined || board === boardOf(symbolOf(own))) &&
    (from === undefined || from <= day) &&
    (to === undefined || day <= to)
  );
}

async function expectTables({ db, deps }: ScenarioStand, holds: Holds): Promise<void> {
  for (const [dataset, count] of Object.entries(holds.rows ?? {})) {
    const { rows } = await db.one<{ rows: number }>(
      sql`SELECT count(*)::int AS rows FROM ${sql.table(`market.${dataset as DatasetId}`)}`,
    );
    assert.strictEqual(rows, count, `rows of ${dataset}`);
  }
  if (holds.absent) {
    const found = await db.rows<{ source: SourceId; cells: number }>(sql`
      SELECT source, count(*)::int AS cells FROM tapekeeper.coverage_exception
      WHERE dataset = 'daily_bars' AND kind = 'absent' GROUP BY source`);
    expectCounts(numbersOf(found.map(({ source, cells }) => [source, cells])), holds.absent, 'absent cells');
  }
  const held = await db.rows<{ rule: string; rows: number }>(sql`
    SELECT rule, count(*)::int AS rows FROM tapekeeper.quarantine WHERE state = 'held' GROUP BY rule`);
  const byRule = numbersOf(held.map(({ rule, rows }) => [rule, rows]));
  expectCounts(byRule, holds.quarantined ?? {}, 'rows in quarantine');
  if (holds.revisions !== undefined) {
    const kept = await db.rows<{ dataset: DatasetId; rows: number }>(
      sql`SELECT dataset, count(*)::int AS rows FROM tapekeeper.revision GROUP BY dataset`,
    );
    const byDataset = numbersOf(kept.map(({ dataset, rows }) => [dataset, rows]));
    expectCounts(byDataset, holds.revisions, 'former values');
  }
  if (holds.instruments !== undefined)
    assert.strictEqual((await deps.store.instruments()).length, holds.instruments, 'instruments');
}

async function expectHosts({ db, deps, clock, hostOf }: ScenarioStand, holds: Holds): Promise<void> {
  if (holds.open) {
    const open = await db.rows<{ host: string }>(sql`
      SELECT host FROM tapekeeper.host
      WHERE openings > 0 AND open_until > to_timestamp(${clock.now()}::float8 / 1000)`);
    assert.deepEqual(
      open.map(({ host }) => host).toSorted(),
      holds.open.map(hostOf).toSorted(),
      'open breakers',
    );
  }
  if (holds.learned) {
    const learned = await db.rows<{ rule: string; capacity: number }>(sql`
      SELECT concat_ws(' ', host, api, window_seconds) AS rule, capacity FROM tapekeeper.budget
      WHERE origin = 'learned'`);
    const wanted = holds.learned.map(
      ({ host, api, windowSeconds, capacity }) =>
        [`${hostOf(host)} ${api} ${windowSeconds}`, capacity] as const,
    );
    const found = numbersOf(learned.map(({ rule, capacity }) => [rule, capacity]));
    expectCounts(found, Object.fromEntries(wanted), 'learned limits');
  }
  if (holds.refusedRights) {
    const refused = (await deps.store.rights()).filter(({ allowed }) => !allowed);
    assert.deepEqual(
      refused.map(({ source, api }) => `${source}.${api}`).toSorted(),
      holds.refusedRights,
      'refused rights',
    );
  }
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Numbers {
  return numbersOf([...Map.groupBy(items, keyOf)].map(([key, members]) => [key, members.length]));
}

const numbersOf = (entries: readonly (readonly [string, number])[]): Numbers => Object.fromEntries(entries);
