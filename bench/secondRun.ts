import { builtinCalendar } from '@tapekeeper/core';
import { sampleFolder } from '@tapekeeper/replay';
import type { Benchmark } from './benchmark.ts';
import type { Report } from './measure/report.ts';
import { decimals, spreadText, whole } from './measure/spread.ts';
import { generatedListings, WHOLE_MARKET } from '../test/support/generatedListings.ts';
import { openRig, type Rig } from './rig/rig.ts';
import { seedCoverage, seedLists } from '../test/support/seedMarket.ts';
import { startUpstream } from './rig/upstream.ts';
import { requestSync, type SyncRequest } from '../packages/server/src/app/requestSync.ts';
import type { RunView } from '../packages/server/src/ports/viewStore.ts';
import { runToEnd } from '../test/support/runToEnd.ts';
import { testDataFolder } from '../test/support/testData.ts';
import { RUN_MACHINE } from '@tapekeeper/core';

const ROUNDS = { warmUp: 2, counted: 11 };
const LOOK_EVERY_MS = 2;
/** Trading days that no fold has reached yet. */
const UNFOLDED_DAYS = 22;

export const secondRun: Benchmark = {
  name: 'secondRun',
  about: 'P3: the same sync once more, inside a running server, from the request to the terminal state',
  async run(size, report) {
    await realData(size === 'full' ? testDataFolder() : sampleFolder(), report);
    await wholeMarket(report);
  },
};

async function realData(folder: string, report: Report): Promise<void> {
  const upstream = await startUpstream(folder);
  try {
    const rig = await openRig({ ...upstream, marketDay: upstream.lastDay });
    try {
      await rig.installation.worker.start();
      const request = { dataset: 'daily_bars', sources: ['baostock'], ...upstream.baostockSpan };
      const first = await runToEnd(rig.installation.deps, request);
      if (first.state !== 'success') throw new Error(`the first run ended ${first.state}`);
      const title = `${whole(first.symbolsTotal)} symbols, ${request.from} to ${request.to}, fetched before`;
      await measure(rig, title, request, report);
    } finally {
      await rig.close();
    }
  } finally {
    await upstream.stop();
  }
}

async function wholeMarket(report: Report): Promise<void> {
  const { symbols, from, to } = WHOLE_MARKET;
  const rig = await openRig({ marketDay: to });
  try {
    const listings = generatedListings(symbols);
    await seedLists(rig.owner, listings);
    await seedCoverage(rig.owner, { dataset: 'daily_bars', listings, from, to, unfoldedDays: UNFOLDED_DAYS });
    await rig.installation.worker.start();
    const days = builtinCalendar().tradingDays(from, to).length;
    const title = `${whole(symbols)} symbols x ${whole(days)} days, coverage generated`;
    await measure(rig, title, { dataset: 'daily_bars', from, to }, report);
  } finally {
    await rig.close();
  }
}

async function measure(rig: Rig, title: string, request: SyncRequest, report: Report): Promise<void> {
  const ms: number[] = [];
  for (let round = -ROUNDS.warmUp; round < ROUNDS.counted; round++) {
    const startedAt = performance.now();
    const run = await ended(rig, await requestSync(rig.installation.deps, request));
    const elapsed = performance.now() - startedAt;
    if (run.state !== 'success' || run.calls !== 0 || run.rowsWritten !== 0) {
      throw new Error(`a second run ended ${run.state} with ${run.calls} calls and ${run.rowsWritten} rows`);
    }
    if (round >= 0) ms.push(elapsed);
  }
  report.line(
    `${title}: 0 calls, 0 rows, ms ${spreadText(ms, decimals(0))} over ${ROUNDS.counted} runs, PostgreSQL ${rig.postgres}`,
  );
  report.keep(title, { ms, postgres: rig.postgres });
}

async function ended(rig: Rig, id: number): Promise<RunView> {
  const { store, clock } = rig.installation.deps;
  for (;;) {
    const run = await store.run(id);
    if (run !== undefined && RUN_MACHINE.terminal.includes(run.state)) return run;
    await clock.sleep(LOOK_EVERY_MS);
  }
}
