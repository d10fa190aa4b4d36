import { DEFAULT_POLICIES, RUN_MACHINE, type Priority } from '@tapekeeper/core';
import { sampleFolder } from '@tapekeeper/replay';
import { cancelRun } from '../packages/server/src/app/runs/cancelRun.ts';
import { resolveSync, type SyncRequest } from '../packages/server/src/app/requestSync.ts';
import { sql } from '../packages/server/src/store/connection.ts';
import { seededRandom } from '../test/chaos/random.ts';
import { runEnded, runToEnd } from '../test/support/runToEnd.ts';
import type { Benchmark } from './benchmark.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText } from './measure/spread.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { startUpstream } from './rig/upstream.ts';

const ROUNDS = {
  small: { cancels: 60, lives: 3, backfills: 4 },
  full: { cancels: 500, lives: 10, backfills: 4 },
} as const;
/** A run is cancelled this long after it was asked for, at most. */
const LATEST_CANCEL_MS = 1_500;

export const control: Benchmark = {
  name: 'control',
  about:
    'from the wish to cancel to the end of a run, and from a live run’s birth to its start under full backfills',
  async run(size, report) {
    const upstream = await startUpstream(sampleFolder());
    try {
      const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
      try {
        await rig.installation.worker.start();
        const wish = { dataset: 'daily_bars', sources: ['baostock'], ...upstream.baostockSpan };
        await runToEnd(rig.installation.deps, { ...wish, symbols: ['600000.SH'] });
        await measureCancels(rig, wish, ROUNDS[size].cancels, report);
        await measureLive(rig, wish, ROUNDS[size], report);
      } finally {
        await rig.close();
      }
    } finally {
      await upstream.stop();
    }
  },
};

async function measureCancels(rig: Rig, wish: SyncRequest, rounds: number, report: Report): Promise<void> {
  const { deps } = rig.installation;
  const random = seededRandom(1);
  const ms: number[] = [];
  while (ms.length < rounds) {
    const id = await begin(rig, { ...wish, force: true }, 'normal');
    await deps.clock.sleep(random() * LATEST_CANCEL_MS);
    await cancelRun(deps, id, { by: 'bench', reason: '', force: false });
    const { state } = await runEnded(deps, id);
    if (state !== 'cancelled') throw new Error(`a cancelled run ended ${state}`);
    const { took } = await rig.owner.one<{ took: number }>(sql`
      SELECT greatest(extract(epoch FROM finished_at - stop_asked_at), 0)::float8 * 1000 AS took
      FROM tapekeeper.run WHERE id = ${id}`);
    ms.push(took);
  }
  report.line(
    `cancelled at random moments, wish to end: ms ${spreadText(ms, decimals(0))}, p99 ${percentile(ms, 0.99).toFixed(0)}, ${rounds} runs`,
  );
  report.keep('cancel', { ms });
}

async function measureLive(
  rig: Rig,
  wish: SyncRequest,
  { lives, backfills }: { readonly lives: number; readonly backfills: number },
  report: Report,
): Promise<void> {
  const { deps } = rig.installation;
  const started: number[] = [];
  const ended: number[] = [];
  for (let round = 0; round < lives; round++) {
    const busy = await Promise.all(
      Array.from({ length: backfills }, () => begin(rig, { ...wish, force: true }, 'backfill')),
    );
    await untilRunning(rig, busy);
    // the same source, which has one connection
    const id = await begin(rig, { ...wish, symbols: ['600000.SH'], force: true }, 'live');
    const run = await runEnded(deps, id);
    if (run.state !== 'success') throw new Error(`the live run ended ${run.state}`);
    const open = await Promise.all(busy.map((one) => deps.store.run(one)));
    if (open.every((one) => RUN_MACHINE.terminal.includes(one?.state ?? 'success')))
      throw new Error('the backfills were over before the live run: nothing was measured');
    const { start, end } = await rig.owner.one<{ start: number; end: number }>(sql`
      SELECT extract(epoch FROM started_at - created_at)::float8 AS start,
        extract(epoch FROM finished_at - created_at)::float8 AS "end"
      FROM tapekeeper.run WHERE id = ${id}`);
    started.push(start);
    ended.push(end);
    for (const one of busy) {
      await cancelRun(deps, one, { by: 'bench', reason: '', force: false }).catch(() => {});
      await runEnded(deps, one);
    }
  }
  report.line(
    `live run beside ${backfills} backfills of the same single connection: started after s ${spreadText(started, decimals(2))}, ended after s ${spreadText(ended, decimals(1))}, ${lives} rounds`,
  );
  report.keep('live under backfills', { started, ended });
}

async function begin(
  { installation: { deps } }: Rig,
  wish: SyncRequest,
  priority: Priority,
): Promise<number> {
  const run = await resolveSync(deps, wish, 'sync');
  return deps.store.createRun({ ...run, policies: { ...DEFAULT_POLICIES, priority } });
}

/** Resolves when one of the runs has calls behind it: then the connection is theirs. */
async function untilRunning({ installation: { deps } }: Rig, runs: readonly number[]): Promise<void> {
  for (;;) {
    const views = await Promise.all(runs.map((id) => deps.store.run(id)));
    if (views.some((view) => (view?.calls ?? 0) > 0)) return;
    await deps.clock.sleep(20);
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
