import { plainDay } from '@tapekeeper/core';
import { ensureToken } from '../packages/server/src/http/apiToken.ts';
import { startServer, type RunningServer } from '../packages/server/src/server.ts';
import { gather } from '../test/live/crowd.ts';
import type { Benchmark, Size } from './benchmark.ts';
import { inTurn, ratios } from './measure/inTurn.ts';
import type { Report } from './measure/report.ts';
import { decimals, quantile, spreadText, whole } from './measure/spread.ts';
import { openItemWriter } from './rig/itemWriter.ts';
import { openRig, type Rig } from './rig/rig.ts';

const SIZES: Readonly<
  Record<Size, { readonly rounds: number; readonly forMs: number; readonly lagMs: number }>
> = {
  small: { rounds: 5, forMs: 2_000, lagMs: 10_000 },
  full: { rounds: 9, forMs: 5_000, lagMs: 60_000 },
};
const VIEWERS = 1_000;
const RUNS = 4;
const ITEMS_A_SECOND = 5_000;
/** More than any machine commits in the time. */
const MOST_A_SECOND = 20_000;

/** One process serves and writes, as `start` does; the viewers are another. */
export const live: Benchmark = {
  name: 'live',
  about:
    'items committed while 1,000 viewers look on against nobody looking, and how late the viewers see them',
  async run(size, report) {
    const rig = await openRig({ marketDay: plainDay('2024-01-31') });
    try {
      const limits = { perInstallation: VIEWERS, connections: VIEWERS };
      const server = await startServer(rig.installation, { port: 0, live: limits });
      try {
        await measureRate(rig, server, SIZES[size], report);
        await measureLag(rig, server, SIZES[size].lagMs, report);
      } finally {
        await server.stop();
      }
    } finally {
      await rig.close();
    }
  },
};

async function measureRate(
  rig: Rig,
  server: RunningServer,
  { rounds, forMs }: { readonly rounds: number; readonly forMs: number },
  report: Report,
): Promise<void> {
  const { store } = rig.installation.deps;
  const items = Math.ceil(((forMs / 1000) * MOST_A_SECOND) / RUNS);
  const figures = await inTurn(
    { warmUp: 1, counted: rounds },
    {
      alone: async () => (await openItemWriter(store, RUNS, items)).write(forMs, Infinity),
      watched: async () => {
        const writer = await openItemWriter(store, RUNS, items);
        const viewers = await lookOn(rig, server, writer.runs);
        try {
          return await writer.write(forMs, Infinity);
        } finally {
          await viewers.leave();
        }
      },
    },
  );
  report.line(
    `items a second, as fast as it goes: nobody looks ${spreadText(figures.alone, whole)}, ${VIEWERS} viewers ${spreadText(figures.watched, whole)}; ` +
      `watched of alone ${spreadText(ratios(figures.watched, figures.alone), decimals(2))}`,
  );
  report.keep('rate', figures);
}

async function measureLag(rig: Rig, server: RunningServer, forMs: number, report: Report): Promise<void> {
  const { store } = rig.installation.deps;
  const writer = await openItemWriter(store, RUNS, Math.ceil(((forMs / 1000) * ITEMS_A_SECOND * 2) / RUNS));
  const viewers = await lookOn(rig, server, writer.runs);
  const rate = await writer.write(forMs, ITEMS_A_SECOND);
  while ((await store.publishEvents(1_000)) > 0);
  const { latest } = await store.eventBounds();
  const { latencies, faulty } = await viewers.until(latest);
  await viewers.leave();
  if (faulty > 0) throw new Error(`${faulty} viewers were lost or told wrongly`);
  const ms = (share: number): number => quantile(latencies, share);
  report.line(
    `${VIEWERS} viewers of ${RUNS} runs that write ${whole(rate)} items a second, from the commit to the viewer: ` +
      `p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms, longest ${ms(1)} ms`,
  );
  report.keep('lag', { rate, p50: ms(0.5), p99: ms(0.99), longest: ms(1), frames: latencies.length });
}

async function lookOn({ installation }: Rig, { url }: RunningServer, runs: readonly number[]) {
  const token = await ensureToken(installation.config.dataDir);
  return gather({
    url,
    token,
    clients: VIEWERS,
    from: 0,
    runs: RUNS,
    firstRun: runs[0] ?? 0,
    everybody: 'sets',
  });
}
