import { sampleFolder } from '@tapekeeper/replay';
import type { SourceId } from '@tapekeeper/core';
import type { Benchmark, Size } from './benchmark.ts';
import { copyAll, readBars, type Bars } from './copyBars.ts';
import { inTurn, ratios, timed } from './measure/inTurn.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { startUpstream, type Upstream } from './rig/upstream.ts';
import { withMarket } from './rig/withMarket.ts';
import { sql } from '../packages/server/src/store/connection.ts';
import { runToEnd } from '../test/support/runToEnd.ts';
import { testDataFolder } from '../test/support/testData.ts';

const ROUNDS = { warmUp: 1, counted: 5 };
const LARGE_BATCH_ROWS = 100_000;
const MARKET = { symbols: 5500, days: 24 };

/** One way of asking for daily bars, over the data of a folder. */
interface Case {
  readonly title: string;
  readonly source: SourceId;
  /** How the rows arrive, and so the order in which they are written. */
  readonly by: 'symbol' | 'day';
}

export const backfill: Benchmark = {
  name: 'backfill',
  about:
    'P1: backfill of daily bars, rows per second from wire bytes to committed rows, against raw COPY of the same rows',
  async run(size, report) {
    const real = size === 'full' ? testDataFolder() : sampleFolder();
    await measureFolder(
      real,
      { title: `BaoStock, ${dataName(size)}`, source: 'baostock', by: 'symbol' },
      report,
    );
    if (size === 'full') {
      await measureFolder(real, { title: 'Tushare, real data', source: 'tushare', by: 'day' }, report);
      return;
    }
    const title = `Tushare, ${whole(MARKET.symbols)} generated symbols`;
    await withMarket(MARKET, (folder) =>
      measureFolder(folder, { title, source: 'tushare', by: 'day' }, report),
    );
  },
};

function dataName(size: Size): string {
  return size === 'full' ? 'real data' : 'bundled sample';
}

async function measureFolder(folder: string, one: Case, report: Report): Promise<void> {
  const upstream = await startUpstream(folder);
  try {
    const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
    try {
      await rig.installation.worker.start();
      await measure(rig, upstream, one, report);
    } finally {
      await rig.close();
    }
  } finally {
    await upstream.stop();
  }
}

/** What one backfill did, besides the time that it took. */
interface Work {
  readonly bars: Bars;
  readonly commits: number;
  readonly rowsWritten: number;
  readonly calls: number;
}

async function measure(rig: Rig, upstream: Upstream, one: Case, report: Report): Promise<void> {
  const { installation } = rig;
  let work: Work | undefined;
  let cpuMs: number[] = [];
  const run = async (): Promise<number> => {
    await rig.emptyGrids();
    const before = process.cpuUsage();
    const span = one.source === 'tushare' ? upstream.tushareSpan : upstream.baostockSpan;
    const ended = await runToEnd(installation.deps, {
      dataset: 'daily_bars',
      sources: [one.source],
      ...span,
    });
    const used = process.cpuUsage(before);
    cpuMs.push((used.user + used.system) / 1000);
    if (ended.state !== 'success')
      throw new Error(`the backfill ended ${ended.state}: ${ended.error?.message ?? ''}`);
    if (ended.plan?.shape !== one.by) throw new Error(`the backfill was planned by ${ended.plan?.shape}`);
    work ??= {
      bars: await readBars(installation.db, one),
      commits: await commitsOf(rig, ended.id),
      rowsWritten: ended.rowsWritten,
      calls: ended.calls,
    };
    return (ended.finishedAt ?? NaN) - ended.createdAt;
  };
  const copy = (batchRows: (work: Work) => number) => async (): Promise<number> => {
    const { bars, ...rest } = work!;
    await rig.emptyGrids();
    return timed(() => copyAll(installation.db, bars, batchRows({ bars, ...rest })));
  };
  const figures = await inTurn(ROUNDS, {
    run,
    copySame: copy(({ bars, commits }) => Math.ceil(bars.rows.length / commits)),
    copyLarge: copy(() => LARGE_BATCH_ROWS),
  });
  cpuMs = cpuMs.slice(-ROUNDS.counted);
  tell(rig, one, work!, { ...figures, cpuMs }, report);
}

/** Every commit of items tells of itself once. */
async function commitsOf(rig: Rig, runId: number): Promise<number> {
  const { commits } = await rig.owner.one(sql<{ commits: number }>`
    SELECT count(*) AS commits FROM (
      SELECT topic, payload FROM tapekeeper.event UNION ALL SELECT topic, payload FROM tapekeeper.event_outbox) AS told
    WHERE topic = 'progress' AND payload->>'runId' = ${String(runId)}`);
  return commits;
}

interface Figures {
  readonly run: readonly number[];
  readonly copySame: readonly number[];
  readonly copyLarge: readonly number[];
  readonly cpuMs: readonly number[];
}

function tell(rig: Rig, one: Case, work: Work, figures: Figures, report: Report): void {
  const bars = work.bars.rows.length;
  const perSecond = (ms: readonly number[], rows = bars) =>
    spreadText(
      ms.map((each) => (rows * 1000) / each),
      whole,
    );
  // a ratio of speeds is the inverse of that of times
  const ofCopy = (copied: readonly number[]) => spreadText(ratios(copied, figures.run), decimals(2));
  const beside = work.rowsWritten - bars;
  report.line(
    `${one.title}: ${whole(bars)} bars${beside > 0 ? ` and ${whole(beside)} rows beside them` : ''} by ${one.by}, ` +
      `${whole(work.calls)} calls, ${work.commits} commits, PostgreSQL ${rig.postgres}, ${ROUNDS.counted} rounds`,
  );
  report.table([
    ['', 'rows/s, median (range)'],
    ['backfill, bars only', perSecond(figures.run)],
    ['backfill, all rows written', perSecond(figures.run, work.rowsWritten)],
    [`raw COPY, batches of ${whole(bars / work.commits)}`, perSecond(figures.copySame)],
    [`raw COPY, batches of ${whole(Math.min(bars, LARGE_BATCH_ROWS))}`, perSecond(figures.copyLarge)],
    ['bars only / COPY in the same batches', ofCopy(figures.copySame)],
    ['bars only / COPY in large batches', ofCopy(figures.copyLarge)],
    [
      'CPU of the server, ms per 1,000 bars',
      spreadText(
        figures.cpuMs.map((ms) => (ms * 1000) / bars),
        decimals(1),
      ),
    ],
  ]);
  const { commits, rowsWritten, calls } = work;
  report.keep(one.title, { bars, rowsWritten, calls, commits, ms: figures, postgres: rig.postgres });
}
