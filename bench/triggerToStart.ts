import { DEFAULT_POLICIES, scheduleOf, type JobDefinition } from '@tapekeeper/core';
import { sampleFolder } from '@tapekeeper/replay';
import { Logger, run as runQueue } from 'graphile-worker';
import { connect, sql } from '../packages/server/src/store/connection.ts';
import { runEnded, runToEnd } from '../test/support/runToEnd.ts';
import type { Benchmark } from './benchmark.ts';
import { inTurn } from './measure/inTurn.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadOf, spreadText } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { startUpstream } from './rig/upstream.ts';

const ROUNDS = { small: { warmUp: 5, counted: 60 }, full: { warmUp: 20, counted: 1_000 } } as const;
const SYMBOL = '600000.SH';

export const triggerToStart: Benchmark = {
  name: 'triggerToStart',
  about: 'P5: from the trigger of a job to its run started and planned, against the queue alone, idle',
  async run(size, report) {
    const upstream = await startUpstream(sampleFolder());
    try {
      const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
      try {
        await rig.installation.worker.start();
        const wish = {
          dataset: 'daily_bars',
          sources: ['tushare'],
          symbols: [SYMBOL],
          ...upstream.tushareSpan,
        };
        const first = await runToEnd(rig.installation.deps, wish);
        if (first.state !== 'success') throw new Error(`the first run ended ${first.state}`);
        await measure(rig, wish, ROUNDS[size], report);
      } finally {
        await rig.close();
      }
    } finally {
      await upstream.stop();
    }
  },
};

async function measure(
  rig: Rig,
  wish: { readonly dataset: string },
  rounds: { readonly warmUp: number; readonly counted: number },
  report: Report,
): Promise<void> {
  const { deps, urls } = rig.installation;
  const { store } = deps;
  const definition: JobDefinition = {
    type: 'sync',
    params: wish,
    name: 'one symbol',
    description: '',
    tags: [],
    schedule: scheduleOf({ kind: 'manual' }),
    policies: { ...DEFAULT_POLICIES, priority: 'live' },
  };
  const job = await store.createJob(
    { key: 'one-symbol', definition, state: 'enabled', author: 'bench' },
    () => null,
  );
  const onlooker = await connect({
    url: urls.owner,
    max: 1,
    applicationName: 'bench',
    statementTimeoutMs: 0,
  });
  let called = Promise.withResolvers<void>();
  const queue = await runQueue({
    connectionString: urls.runtime,
    concurrency: 1,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: { nothing: () => called.resolve() },
  });
  const planned: number[] = [];
  try {
    const ways = {
      queue: async () => {
        called = Promise.withResolvers();
        const begin = performance.now();
        await onlooker.rows(sql`SELECT graphile_worker.add_job('nothing')`);
        await called.promise;
        return performance.now() - begin;
      },
      run: async () => {
        const begin = performance.now();
        const id = await store.triggerJob(job.id, { by: 'bench', params: {} });
        const asked = performance.now() - begin;
        await runEnded(deps, id);
        const { start, end } = await onlooker.one<{ start: number; end: number }>(sql`
          SELECT extract(epoch FROM started_at - created_at) * 1000 AS start,
            extract(epoch FROM finished_at - created_at) * 1000 AS end
          FROM tapekeeper.run WHERE id = ${id}`);
        planned.push(asked + Number(end));
        return asked + Number(start);
      },
    };
    const figures = await inTurn(rounds, ways);
    const ended = planned.slice(rounds.warmUp);
    const against = figures.run.map((ms, round) => ms / figures.queue[round]!);
    const p99 = percentile(figures.run, 0.99);
    report.line(`the queue alone, add to start: ms ${spreadText(figures.queue, decimals(1))}`);
    report.line(`trigger to run started: ms ${spreadText(figures.run, decimals(1))}, p99 ${p99.toFixed(1)}`);
    report.line(`trigger to planned and ended, nothing to fetch: ms ${spreadText(ended, decimals(1))}`);
    report.line(
      `ratio ${spreadText(against, decimals(2))} over ${rounds.counted} pairs; of the medians ${(
        spreadOf(figures.run).median / spreadOf(figures.queue).median
      ).toFixed(2)}, PostgreSQL ${rig.postgres}`,
    );
    report.keep('trigger to start', { ...figures, ended, p99, postgres: rig.postgres });
  } finally {
    await queue.stop();
    await onlooker.close();
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
