import type { RetentionFacts, Swept } from '../../ports/taskStore.ts';
import { retentionPreview } from './retentionPreview.ts';
import type { StepTell, Task } from './task.ts';

const BATCH_ROWS = 2_000;
/** Details of so many runs at a time: a run has some ten thousand at most. */
const BATCH_RUNS = 20;

/**
 * Removes what is older than the settings keep it. Details go before their runs, and fires after them.
 * Every batch is a commit: begun again, it goes on with what is left.
 */
export const retentionTask: Task = async ({ deps, signal, plan, step, log }) => {
  const { retention: days } = deps.tasks;
  await plan([
    { name: 'look', weight: 1 },
    { name: 'details', weight: 5 },
    { name: 'runs', weight: 3 },
    { name: 'fires', weight: 1 },
    { name: 'events', weight: 2 },
    { name: 'quarantine', weight: 1 },
    { name: 'alerts', weight: 1 },
  ]);
  const { store } = deps;
  const found = await step('look', () => retentionPreview(deps));
  const dropped = await step('details', async (tell) => {
    const slices = await dropSlices(found, tell, signal, (slice) =>
      store.dropDetailSlice(slice, Math.min(days.details, days.runs)),
    );
    const rows = await sweep(signal, tell, () => store.sweepDetails(found.firstDetailedRun, BATCH_RUNS));
    return { ...slices, rows };
  });
  for (const slice of dropped.kept)
    await log({ stream: 'warn', line: `details of runs ${slice * 10_000} and on are being read, and wait` });
  const runs = await step('runs', (tell) =>
    sweep(signal, tell, () => store.sweepRuns(found.firstKeptRun, BATCH_ROWS), found.runs),
  );
  const fires = await step('fires', (tell) =>
    sweep(signal, tell, (after) => store.sweepFires(days.runs, after, BATCH_ROWS)),
  );
  const events = await step('events', (tell) =>
    sweep(signal, tell, () => store.sweepEvents(days.events, BATCH_ROWS), found.events),
  );
  const quarantined = await step('quarantine', (tell) =>
    sweep(signal, tell, () => store.sweepQuarantine(days.quarantine, BATCH_ROWS), found.quarantined),
  );
  const alerts = await step('alerts', async (tell) => ({
    notices: await sweep(signal, tell, (after) => store.sweepNotices(days.runs, after, BATCH_ROWS)),
    incidents: await sweep(signal, tell, (after) => store.sweepIncidents(days.runs, after, BATCH_ROWS)),
    freshnessDays: await sweep(signal, tell, () => store.sweepFreshness(days.runs)),
  }));
  const removed = {
    slices: dropped.slices,
    bytes: dropped.bytes,
    details: dropped.rows,
    runs,
    fires,
    events,
    quarantined,
    ...alerts,
  };
  const hasRemoved = Object.values(removed).some((count) => count > 0);
  return {
    state: dropped.kept.length === 0 ? 'success' : 'success_with_errors',
    result: {
      days: { ...days },
      found: { ...found },
      removed,
    },
    error: null,
    ...(hasRemoved && { decision: { action: 'autoRetention', after: { days: { ...days }, removed } } }),
  };
};

async function dropSlices(
  { slices }: RetentionFacts,
  tell: StepTell,
  signal: AbortSignal,
  drop: (slice: number) => Promise<boolean>,
): Promise<{ readonly slices: number; readonly bytes: number; readonly kept: readonly number[] }> {
  const kept: number[] = [];
  let bytes = 0;
  for (const [at, one] of slices.entries()) {
    signal.throwIfAborted();
    if (await drop(one.slice)) bytes += one.bytes;
    else kept.push(one.slice);
    tell.progress(at + 1, slices.length);
  }
  return { slices: slices.length - kept.length, bytes, kept };
}

/** Batch after batch until nothing is left; returns how many went. */
async function sweep(
  signal: AbortSignal,
  tell: StepTell,
  batch: (after: number) => Promise<Swept>,
  expected = 0,
): Promise<number> {
  let removed = 0;
  for (let after: number | null = 0; after !== null;) {
    signal.throwIfAborted();
    const swept: Swept = await batch(after);
    removed += swept.removed;
    after = swept.next;
    tell.progress(removed, Math.max(expected, removed));
  }
  return removed;
}
