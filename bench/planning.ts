import {
  Bitmap,
  builtinCalendar,
  findGaps,
  planItems,
  type Capability,
  type CoverageSnapshot,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import type { Benchmark } from './benchmark.ts';
import { inTurn } from './measure/inTurn.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { generatedExceptions, generatedListings, WHOLE_MARKET } from '../test/support/generatedListings.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { seedCoverage, seedLists } from '../test/support/seedMarket.ts';
import { foldClosedDays } from '../packages/server/src/app/foldClosedDays.ts';
import { loadMarket } from '../packages/server/src/app/market.ts';
import { TUSHARE_CAPABILITIES } from '../packages/server/src/sources/tushare/apis.ts';
import { sql } from '../packages/server/src/store/connection.ts';

const ROUNDS = { warmUp: 2, counted: 7 };
const UNFOLDED_DAYS = 22;

export const planning: Benchmark = {
  name: 'planning',
  about:
    'P4: gaps and plan of 5,500 symbols over ten years, in the core and from the database; size of the coverage',
  async run(_size, report) {
    await inCore(report);
    const rig = await openRig({ marketDay: WHOLE_MARKET.to });
    try {
      await seedLists(rig.owner, generatedListings(WHOLE_MARKET.symbols));
      await fromDatabase(rig, report);
    } finally {
      await rig.close();
    }
  },
};

async function inCore(report: Report): Promise<void> {
  const { symbols, from, to } = WHOLE_MARKET;
  const calendar = builtinCalendar();
  const listings = generatedListings(symbols);
  const days = calendar.tradingDays(from, to);
  const exceptions = generatedExceptions(listings, from, to);
  const empty: CoverageSnapshot = { ranges: [], days: [], exceptions: [] };
  const folded: CoverageSnapshot = { ranges: rangesOf(listings, from, to), days: [], exceptions };
  const unfolded: CoverageSnapshot = {
    ranges: [],
    days: days.map((day) => ({ day, members: membersOn(listings, day) })),
    exceptions,
  };
  const gaps = (coverage: CoverageSnapshot) => findGaps({ calendar, listings, from, to, coverage });
  const capability = TUSHARE_CAPABILITIES.find(({ dataset }) => dataset === 'daily_bars') as Capability;
  const everything = gaps(empty);
  const ms = await inTurn(ROUNDS, {
    nothing: spent(() => gaps(empty)),
    folded: spent(() => gaps(folded)),
    unfolded: spent(() => gaps(unfolded)),
    plan: spent(() => planItems({ dataset: 'daily_bars', capability, gaps: everything, calendar, listings })),
  });
  report.line(
    `in the core: ${whole(symbols)} symbols, ${whole(days.length)} trading days, ${whole(everything.expectedCells)} cells expected`,
  );
  report.table([
    ['', 'ms, median (range)'],
    ['gaps where nothing is covered', spreadText(ms.nothing, decimals(1))],
    [
      `gaps where all is covered by ranges, ${whole(exceptions.length)} exceptions`,
      spreadText(ms.folded, decimals(1)),
    ],
    ['gaps where all is covered by one row a day', spreadText(ms.unfolded, decimals(1))],
    ['the cheapest items for all of it', spreadText(ms.plan, decimals(1))],
  ]);
  report.keep('core', { symbols, days: days.length, cells: everything.expectedCells, ms });
}

/** A way that is done at once, in milliseconds. */
function spent(work: () => unknown): () => Promise<number> {
  return () => {
    const startedAt = performance.now();
    work();
    return Promise.resolve(performance.now() - startedAt);
  };
}

function rangesOf(listings: readonly Listing[], from: PlainDay, to: PlainDay) {
  return listings.map(({ instrumentId, listDate }) => ({
    instrumentId,
    from: listDate !== null && listDate > from ? listDate : from,
    to,
  }));
}

function membersOn(listings: readonly Listing[], day: PlainDay): Bitmap {
  return Bitmap.of(listings.filter((one) => (one.listDate ?? day) <= day).map((one) => one.instrumentId));
}

/** How coverage came about, and what became of it since. */
interface Stage {
  readonly title: string;
  prepare(rig: Rig): Promise<void>;
}

const STAGES: readonly Stage[] = [
  { title: 'by symbol, last days not folded', prepare: (rig) => seed(rig, UNFOLDED_DAYS) },
  { title: 'by day, nothing folded', prepare: (rig) => seed(rig, Infinity) },
  {
    title: 'by day, then folded',
    async prepare({ installation, owner }) {
      await foldClosedDays(installation.deps, 'daily_bars');
      // what autovacuum does by itself some time later
      for (const name of COVERAGE_TABLES) await owner.rows(sql`VACUUM ${sql.table(`tapekeeper.${name}`)}`);
    },
  },
];

const COVERAGE_TABLES = ['coverage_range', 'coverage_day', 'coverage_exception'] as const;

async function seed(rig: Rig, unfoldedDays: number): Promise<void> {
  await rig.emptyGrids();
  const { symbols, from, to } = WHOLE_MARKET;
  await seedCoverage(rig.owner, {
    dataset: 'daily_bars',
    listings: generatedListings(symbols),
    from,
    to,
    unfoldedDays,
  });
}

async function fromDatabase(rig: Rig, report: Report): Promise<void> {
  const rows = [['from the database', 'load and find gaps, ms', 'ranges and days', 'a symbol', 'exceptions']];
  for (const stage of STAGES) {
    await stage.prepare(rig);
    const { ms } = await inTurn(ROUNDS, { ms: () => loadAndFind(rig) });
    const bytes = await sizes(rig);
    const covered = bytes.coverage_range + bytes.coverage_day;
    rows.push([
      stage.title,
      spreadText(ms, decimals(0)),
      megabytes(covered),
      `${whole(covered / WHOLE_MARKET.symbols)} bytes`,
      megabytes(bytes.coverage_exception),
    ]);
    report.keep(stage.title, { ms, bytes, postgres: rig.postgres });
  }
  report.table(rows);
}

/** What planning a run reads, and what it makes of it: here that nothing is missing. */
async function loadAndFind({ installation: { deps } }: Rig): Promise<number> {
  const { from, to } = WHOLE_MARKET;
  const startedAt = performance.now();
  const market = await loadMarket(deps, 'daily_bars');
  const stored = await deps.store.coverageOf('daily_bars', from, to, null);
  const coverage = {
    ...stored,
    days: stored.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
  };
  const { cells } = findGaps({ calendar: market.calendar, listings: market.listings, from, to, coverage });
  if (cells > 0) throw new Error(`${cells} cells are missing where all were covered`);
  return performance.now() - startedAt;
}

async function sizes({ owner }: Rig): Promise<Record<(typeof COVERAGE_TABLES)[number], number>> {
  return owner.one(sql`
    SELECT pg_total_relation_size('tapekeeper.coverage_range') AS coverage_range,
      pg_total_relation_size('tapekeeper.coverage_day') AS coverage_day,
      pg_total_relation_size('tapekeeper.coverage_exception') AS coverage_exception`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}
