import { plainDay } from '@tapekeeper/core';
import { readWindow, type WindowWish } from '../packages/server/src/app/statistics/window.ts';
import { sql } from '../packages/server/src/store/connection.ts';
import type { Store } from '../packages/server/src/ports/store.ts';
import type { Benchmark, Size } from './benchmark.ts';
import { inTurn, ratios, timed } from './measure/inTurn.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { fillLongHistory } from './rig/longHistory.ts';
import { openRig, type Rig } from './rig/rig.ts';

const RUNS: Readonly<Record<Size, number>> = { small: 100_000, full: 1_000_000 };
const COUNTED = { warmUp: 1, counted: 7 };
/** More than the service takes, since nobody else works beside it. */
const BATCH = 10_000;
const WINDOWS: Readonly<Record<string, WindowWish>> = {
  'last 24 hours': { last: '24h' },
  'last 30 days': { last: '30d' },
  'last 365 days': { last: '365d' },
};

export const statistics: Benchmark = {
  name: 'statistics',
  about: 'statistics from sums against GROUP BY over the runs themselves, and what adding them up costs',
  async run(size, report, runs = RUNS[size]) {
    const rig = await openRig({ marketDay: plainDay('2026-11-20') });
    try {
      const { store } = rig.installation.deps;
      await fillLongHistory(rig.owner, { runs, symbolOutcomes: 0 });
      const ms = await timed(() => foldAll(store));
      await rig.owner.rows(sql`VACUUM ANALYZE`);
      report.line(
        `${whole(runs)} runs over 400 days, PostgreSQL ${rig.postgres}: added up in ${whole(ms / 1000)} s, ${whole((runs / ms) * 1000)} runs/s`,
      );
      report.keep('fold', { runs, ms });
      const { now } = await store.statisticsState();
      const rows = [['question', 'window', 'from sums ms', 'from runs ms', 'times faster']];
      for (const [name, wish] of Object.entries(WINDOWS)) {
        const window = readWindow(wish, now);
        for (const [question, ways] of Object.entries(questions(rig, store, window))) {
          const figures = await inTurn(COUNTED, {
            sums: () => timed(ways.sums),
            runs: () => timed(ways.runs),
          });
          report.keep(`${question}, ${name}`, figures);
          rows.push([
            question,
            name,
            spreadText(figures.sums, decimals(1)),
            spreadText(figures.runs, decimals(0)),
            spreadText(ratios(figures.runs, figures.sums), decimals(0)),
          ]);
        }
      }
      report.table(rows);
    } finally {
      await rig.close();
    }
  },
};

async function foldAll(store: Store): Promise<void> {
  while ((await store.foldEndedRuns(BATCH, (text) => text)) > 0);
}

type Ways = Readonly<Record<'sums' | 'runs', () => Promise<unknown>>>;

/** The same figures both ways; only the sums give a trend, too. */
function questions(
  { owner }: Rig,
  store: Store,
  window: ReturnType<typeof readWindow>,
): Readonly<Record<string, Ways>> {
  const figures = sql`count(*), count(*) FILTER (WHERE state = 'success'), count(*) FILTER (WHERE state = 'failed'),
    percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY finished_at - started_at),
    percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY started_at - created_at)`;
  const within = sql`finished_at >= to_timestamp(${window.from / 1000}::float8) AND finished_at < to_timestamp(${window.to / 1000}::float8)`;
  return {
    'all runs': {
      sums: () => Promise.all([store.sumsOf('all', '', window.spans), store.trendOf('all', '', window)]),
      runs: () => owner.rows(sql`SELECT ${figures} FROM tapekeeper.run WHERE ${within}`),
    },
    'jobs, the slowest first': {
      sums: () =>
        store.rankSubjects({ scope: 'job', spans: window.spans, by: 'running', after: null, limit: 50 }),
      runs: () =>
        owner.rows(sql`
          SELECT job_id, avg(finished_at - started_at), ${figures} FROM tapekeeper.run WHERE ${within}
          GROUP BY job_id ORDER BY 2 DESC LIMIT 50`),
    },
    'rows by data set': {
      sums: () =>
        store.rankSubjects({ scope: 'dataset', spans: window.spans, by: 'rows', after: null, limit: 50 }),
      runs: () =>
        owner.rows(sql`
          SELECT dataset, sum(rows_written), count(DISTINCT r.id) FROM tapekeeper.run r JOIN tapekeeper.shard s ON s.run_id = r.id
          WHERE ${within} GROUP BY dataset`),
    },
  };
}
