import { STARTERS, type JobDefinition, type SourceId } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import type { AppDeps } from '../../../../app/deps.ts';
import { startSync, type StartedSync } from '../../../../app/runs/startSync.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';

/** The longest that a request waits for the end of what it has begun. */
export const WAIT_MS = 10_000;

/** The job that the documented system has for the list; both of its interfaces begin runs of it. */
const JOB = 'basics_sync_service';

/** Begins the sync of the stock list, or finds the open one, and tells the audit log which. */
export async function beginListSync(
  deps: AppDeps,
  request: FastifyRequest,
  { force, preferred }: { readonly force: boolean; readonly preferred: readonly SourceId[] },
): Promise<StartedSync> {
  const started = await startSync(deps, {
    dataset: 'stock_basics',
    job: JOB,
    define: listJob,
    force,
    preferred,
    by: authorOf(request),
  });
  const { runId, wasOpen } = started;
  noteOperation(request, { id: String(runId), after: { runId, begun: !wasOpen, force, preferred } });
  return started;
}

/** As it comes along, but without its trigger: nobody has asked for that here. */
function listJob(): JobDefinition {
  const starter = STARTERS.find(({ key }) => key === JOB);
  if (starter === undefined) throw new RangeError(`no starter ${JOB}`);
  const definition = starter.define(() => 0);
  return { ...definition, schedule: { ...definition.schedule, trigger: { kind: 'manual' } } };
}
