import { requestSync } from '../../../packages/server/src/app/requestSync.ts';
import { executionId } from '../../../packages/server/src/http/documented/tradingAgents/executionId.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import { SPAN } from '../../support/smallMarket.ts';
import type { MakeRequest, World } from './goodRequest.ts';

interface MadeJob {
  readonly key: string;
  readonly object: string;
}

async function jobOf({ stand, fresh }: World, state: 'enabled' | 'paused'): Promise<MadeJob> {
  const wish = { key: fresh('job'), definition: syncJob(), state: 'enabled', author: 'tests' } as const;
  const { id, key } = await stand.deps.store.createJob(wish, () => null);
  if (state === 'paused') await stand.deps.store.setJobState(id, 'paused', 'tests', () => null);
  return { key, object: String(id) };
}

const trigger =
  (path: string): MakeRequest =>
  async (world) => {
    const { key, object } = await jobOf(world, 'enabled');
    return { url: path, body: { job_id: key }, object };
  };

/** A run that nobody works on yet, or one that is over. */
async function executionOf({ stand }: World, isOver: boolean): Promise<{ id: string; object: string }> {
  const { deps } = stand;
  const runId = await requestSync(deps, { dataset: 'daily_bars', ...SPAN, requestedBy: 'tests' }, 'sync');
  const stop = { end: 'cancelled', code: 'cancelled', reason: '', by: 'tests' } as const;
  if (isOver) await deps.store.stopRun(runId, stop, true);
  return { id: executionId(await stand.run(runId)), object: String(runId) };
}

const API = '/api/scheduler';

/** Requests to the scheduler of the trading agents. */
export const SCHEDULER_MONITORING_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  tradingAgentsSetJobMetadata: async (world) => {
    const { key, object } = await jobOf(world, 'enabled');
    return { url: `${API}/jobs/${key}/metadata`, body: { display_name: 'bars of the day' }, object };
  },
  tradingAgentsPauseJob: async (world) => {
    const { key, object } = await jobOf(world, 'enabled');
    return { url: `${API}/jobs/${key}/pause`, object };
  },
  tradingAgentsResumeJob: async (world) => {
    const { key, object } = await jobOf(world, 'paused');
    return { url: `${API}/jobs/${key}/resume`, object };
  },
  tradingAgentsTriggerJob: async (world) => {
    const { key, object } = await jobOf(world, 'paused');
    return { url: `${API}/jobs/${key}/trigger`, object };
  },
  tradingAgentsTriggerAlias: trigger(`${API}/trigger`),
  tradingAgentsTriggerShortAlias: trigger('/scheduler/trigger'),
  tradingAgentsCancelExecution: async (world) => {
    const { id, object } = await executionOf(world, false);
    return { url: `${API}/executions/${id}/cancel`, object };
  },
  tradingAgentsMarkFailed: async (world) => {
    const { id, object } = await executionOf(world, false);
    return { url: `${API}/executions/${id}/mark-failed?reason=stuck`, object };
  },
  tradingAgentsDeleteExecution: async (world) => {
    const { id, object } = await executionOf(world, true);
    return { url: `${API}/executions/${id}`, object };
  },
};
