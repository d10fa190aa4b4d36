import { openTask } from '../../../packages/server/src/app/collection/openTask.ts';
import { ensureJob } from '../../../packages/server/src/app/jobs/ensureJob.ts';
import {
  HISTORICAL,
  REALTIME,
  REALTIME_HISTORICAL,
  TASK_KINDS,
  TUSHARE_HISTORICAL,
  type CollectionJob,
} from '../../../packages/server/src/http/documented/stockQuote/collection/collectionJobs.ts';
import { SPAN } from '../../support/smallMarket.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const BASE = '/api/data-collection';
const DAYS = { start_date: SPAN.from, end_date: SPAN.to };

/** The job is made when it is first needed, which leaves a line of its own; and one task is open at a time. */
async function readyFor({ stand }: World, { key, define }: CollectionJob): Promise<void> {
  await ensureJob(stand.deps, key, define);
  const open = await openTask(
    stand.deps,
    TASK_KINDS.map((kind) => kind.key),
  );
  if (open === undefined) return;
  await stand.deps.store.stopRun(
    open.id,
    { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' },
    true,
  );
}

const start =
  (url: string, job: CollectionJob, body: object = DAYS): MakeRequest =>
  async (world) => {
    await readyFor(world, job);
    return { url, body, object: 'new' };
  };

/** Requests about the tasks of the stock quote system. */
export const TASK_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  stockQuoteStartHistorical: start(`${BASE}/historical`, HISTORICAL),
  stockQuoteStartHistoricalAlias: start(`${BASE}/start_historical_collection`, HISTORICAL),
  stockQuoteStartHistoricalRootAlias: start('/start_historical_collection', HISTORICAL),
  stockQuoteStartRealtime: start(`${BASE}/realtime`, REALTIME, {}),
  stockQuoteStartTushareHistorical: start(`${BASE}/tushare-historical`, TUSHARE_HISTORICAL),
  stockQuoteStartRealtimeHistorical: start(`${BASE}/realtime-historical`, REALTIME_HISTORICAL),
  stockQuoteCancelTask: async (world) => {
    await readyFor(world, HISTORICAL);
    const { stand, admin } = world;
    const answer = await stand.ask({
      method: 'POST',
      url: `${BASE}/historical`,
      headers: admin.headers,
      payload: DAYS,
    });
    const { task_id: task } = answer.json<{ task_id: string }>();
    return { url: `${BASE}/tasks/${task}`, object: task.split('_').at(-1) ?? null };
  },
};
