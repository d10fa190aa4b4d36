import { requestSync } from '../../../packages/server/src/app/requestSync.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import { SPAN } from '../../support/smallMarket.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const SYNC = { type: 'sync', name: 'bars', params: { dataset: 'daily_bars' } } as const;
const WISH = { dataset: 'daily_bars', ...SPAN };
const CANCEL = { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' } as const;

async function jobOf({ stand, fresh }: World, state: 'enabled' | 'paused' | 'disabled'): Promise<number> {
  const wish = { key: fresh('job'), definition: syncJob(), state: 'disabled', author: 'tests' } as const;
  const { id } = await stand.deps.store.createJob(wish, () => null);
  if (state !== 'disabled') await stand.deps.store.setJobState(id, 'enabled', 'tests', () => null);
  if (state === 'paused') await stand.deps.store.setJobState(id, 'paused', 'tests', () => null);
  return id;
}

/** A run that nobody works on yet. */
async function runOf({ stand }: World): Promise<number> {
  return requestSync(stand.deps, { ...WISH, requestedBy: 'tests' }, 'sync');
}

const step =
  (name: string, state: 'enabled' | 'paused' | 'disabled'): MakeRequest =>
  async (world) => {
    const id = await jobOf(world, state);
    return { url: `/v1/jobs/${id}/${name}`, object: String(id) };
  };

/** Requests about runs, jobs and groups. */
export const WORK_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  createRun: async () => ({ url: '/v1/runs', body: WISH, object: 'new' }),
  cancelRun: async (world) => {
    const id = await runOf(world);
    return { url: `/v1/runs/${id}/cancel`, body: { author: 'somebody else' }, object: String(id) };
  },
  failRun: async (world) => {
    const id = await runOf(world);
    return { url: `/v1/runs/${id}/fail`, body: { reason: 'stuck' }, object: String(id) };
  },
  pauseRun: async (world) => {
    const id = await runOf(world);
    await world.stand.db.rows(sql`UPDATE tapekeeper.run SET state = 'running' WHERE id = ${id}`);
    return { url: `/v1/runs/${id}/pause`, body: {}, object: String(id) };
  },
  resumeRun: async (world) => {
    const id = await runOf(world);
    await world.stand.deps.store.stopRun(id, CANCEL, true);
    return { url: `/v1/runs/${id}/resume`, body: {}, object: String(id) };
  },
  retryRun: async (world) => {
    const id = await runOf(world);
    await world.stand.deps.store.stopRun(id, { ...CANCEL, end: 'failed', code: 'marked_failed' }, true);
    return { url: `/v1/runs/${id}/retry`, body: {}, object: String(id) };
  },
  deleteRun: async (world) => {
    const id = await runOf(world);
    await world.stand.deps.store.stopRun(id, CANCEL, true);
    return { url: `/v1/runs/${id}`, object: String(id) };
  },

  createJob: async ({ fresh }) => ({
    url: '/v1/jobs',
    body: { key: fresh('job'), definition: SYNC },
    object: 'new',
  }),
  updateJob: async (world) => {
    const id = await jobOf(world, 'enabled');
    const body = { version: 1, definition: { ...SYNC, name: 'other bars' } };
    return { url: `/v1/jobs/${id}`, body, object: String(id) };
  },
  deleteJob: async (world) => {
    const id = await jobOf(world, 'disabled');
    return { url: `/v1/jobs/${id}`, object: String(id) };
  },
  copyJob: async (world) => {
    const id = await jobOf(world, 'disabled');
    return { url: `/v1/jobs/${id}/copy`, body: { key: world.fresh('copy') }, object: 'new' };
  },
  enableJob: step('enable', 'disabled'),
  disableJob: step('disable', 'enabled'),
  pauseJob: step('pause', 'enabled'),
  resumeJob: step('resume', 'paused'),
  triggerJob: async (world) => {
    const id = await jobOf(world, 'disabled');
    return { url: `/v1/jobs/${id}/trigger`, body: {}, object: String(id) };
  },
  installStarters: async () => ({ url: '/v1/starters', body: {}, object: null }),
  setGroup: async ({ fresh }) => {
    const name = fresh('group');
    return { url: `/v1/groups/${name}`, body: { most: 3 }, object: name };
  },
};
