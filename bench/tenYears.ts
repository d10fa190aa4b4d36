import { builtinCalendar } from '@tapekeeper/core';
import type { Benchmark, Size } from './benchmark.ts';
import { whole } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { startUpstream } from './rig/upstream.ts';
import { withMarket } from './rig/withMarket.ts';
import { sql } from '../packages/server/src/store/connection.ts';
import { runToEnd } from '../test/support/runToEnd.ts';

const SYMBOLS = 5500;
const DAYS: Readonly<Record<Size, number>> = { small: 120, full: 2430 };

export const tenYears: Benchmark = {
  name: 'tenYears',
  about:
    'daily bars of the whole market over ten years (half a year at small size), once: calls, time, disk, memory',
  async run(size, report) {
    await withMarket({ symbols: SYMBOLS, days: DAYS[size] }, async (folder) => {
      const upstream = await startUpstream(folder);
      try {
        const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
        try {
          await rig.installation.worker.start();
          const { from, to } = upstream.tushareSpan;
          const before = await databaseBytes(rig);
          const run = await runToEnd(rig.installation.deps, {
            dataset: 'daily_bars',
            sources: ['tushare'],
            from,
            to,
          });
          if (run.state !== 'success')
            throw new Error(`the backfill ended ${run.state}: ${run.error?.message ?? ''}`);
          const seconds = ((run.finishedAt ?? NaN) - run.createdAt) / 1000;
          const bytes = (await databaseBytes(rig)) - before;
          const days = builtinCalendar().tradingDays(from, to).length;
          report.table([
            ['symbols, days, rows', `${whole(SYMBOLS)}, ${whole(days)}, ${whole(run.rowsWritten)}`],
            ['calls of the backfill', whole(run.calls)],
            [
              'time with no budget to wait for',
              `${whole(seconds)} s, ${whole(run.rowsWritten / seconds)} rows/s`,
            ],
            [
              'growth of the database',
              `${whole(bytes / 1e6)} MB, ${whole(bytes / run.rowsWritten)} bytes a row`,
            ],
            ['of it coverage', `${((await coverageBytes(rig)) / 1e6).toFixed(2)} MB`],
            [
              'most memory of this process so far, server and benchmark',
              `${whole(process.resourceUsage().maxRSS / 1024)} MB`,
            ],
          ]);
          report.keep('run', {
            days,
            rows: run.rowsWritten,
            calls: run.calls,
            seconds,
            bytes,
            postgres: rig.postgres,
          });
        } finally {
          await rig.close();
        }
      } finally {
        await upstream.stop();
      }
    });
  },
};

async function databaseBytes({ owner }: Rig): Promise<number> {
  const { bytes } = await owner.one(
    sql<{ bytes: number }>`SELECT pg_database_size(current_database()) AS bytes`,
  );
  return bytes;
}

async function coverageBytes({ owner }: Rig): Promise<number> {
  const { bytes } = await owner.one(sql<{ bytes: number }>`
    SELECT pg_total_relation_size('tapekeeper.coverage_range') + pg_total_relation_size('tapekeeper.coverage_day')
      + pg_total_relation_size('tapekeeper.coverage_exception') AS bytes`);
  return bytes;
}
