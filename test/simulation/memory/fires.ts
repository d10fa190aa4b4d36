import {
  AppError,
  decideOverlap,
  type Blocker,
  type DueJob,
  type Fire,
  type FirePlan,
  type Instant,
  type JobDefinition,
} from '@tapekeeper/core';
import type {
  FireFilter,
  FireReport,
  FireView,
  ManualTrigger,
} from '../../../packages/server/src/ports/jobStore.ts';
import type { NewRun } from '../../../packages/server/src/ports/runStore.ts';
import { bornOver, runOf } from './jobRuns.ts';
import { jobRow, noteChange } from './jobs.ts';
import type { Memory } from './memory.ts';
import { isOver } from './runs.ts';
import type { FireRow, JobRow } from './tables.ts';
import { openOfGroup, openOfJob } from './turns.ts';

function mayFire(job: JobRow): boolean {
  return job.state === 'enabled' && job.deletedAt === null && job.next !== null;
}

/** Decides about due jobs: fires, runs, dispatches and the next moments. */
export function fireDue(
  memory: Memory,
  limit: number,
  decide: (job: DueJob, now: Instant) => FirePlan,
): FireReport {
  const now = memory.now();
  const due = [...memory.tables.jobs.values()]
    .filter((job) => mayFire(job) && (job.next?.dueAt ?? Infinity) <= now)
    .toSorted((a, b) => (a.next?.dueAt ?? 0) - (b.next?.dueAt ?? 0));
  const taken = due.slice(0, limit);
  let fires = 0;
  for (const job of taken) fires += decideAbout(memory, job, decide, now);
  const nextInMs = msUntilDue(memory);
  return { jobs: taken.length, fires, more: due.length > taken.length || nextInMs === 0, nextInMs };
}

export function msUntilDue(memory: Memory): number | null {
  let soonest = Infinity;
  for (const job of memory.tables.jobs.values())
    if (mayFire(job)) soonest = Math.min(soonest, job.next?.dueAt ?? Infinity);
  return soonest === Infinity ? null : Math.max(0, soonest - memory.now());
}

function decideAbout(
  memory: Memory,
  job: JobRow,
  decide: (job: DueJob, now: Instant) => FirePlan,
  now: Instant,
): number {
  const plan = decide(dueJob(memory, job), now);
  const fires = withinGroup(memory, plan.fires, job.definition.policies.group);
  let last = job.lastFireId;
  for (const [place, fire] of fires.entries()) {
    const known = place === 0 && last !== null ? memory.tables.fires.get(last) : undefined;
    if (known !== undefined && goesOn(known, job, fire)) {
      known.until = fire.until;
      known.dueCount += fire.dueCount;
    } else last = fireAndRun(memory, job, fire, now);
  }
  memory.parts.moveNext(memory, job, plan.next, last);
  return plan.fires.length;
}

/** Several runs of one plan may be more than the group has room for: the others wait for their turn. */
function withinGroup(memory: Memory, fires: readonly Fire[], group: string | null): readonly Fire[] {
  if (group === null) return fires;
  let free = memory.parts.freeInGroup(memory, group);
  return fires.map((fire) => {
    if (fire.decision !== 'ran' || fire.waitsForTurn || free-- > 0) return fire;
    return { ...fire, reason: 'queued', waitsForTurn: true };
  });
}

export function dueJob(memory: Memory, job: JobRow): DueJob {
  const { definition, key, id } = job;
  return {
    jobId: id,
    key,
    schedule: definition.schedule,
    next: job.next ?? { scheduledFor: 0, dueAt: 0 },
    decidedUntil: memory.parts.decidedUntil(memory, job),
    openRuns: openOfJob(memory, id, true).map((run) => run.id),
    mostRuns: definition.policies.mostRuns,
    fullGroup: fullGroupOf(memory, definition),
  };
}

/** The end of the newest fire. */
export function decidedUntil({ tables }: Memory, job: JobRow): Instant | null {
  let newest: FireRow | undefined;
  for (const fire of tables.fires.values())
    if (fire.jobId === job.id && fire.scheduledFor > (newest?.scheduledFor ?? -Infinity)) newest = fire;
  return newest?.until ?? null;
}

/** Runs that wait for their turn stand in the way as well: nobody overtakes them. */
function fullGroupOf(memory: Memory, { policies: { group } }: JobDefinition): DueJob['fullGroup'] {
  if (group === null || memory.parts.freeInGroup(memory, group) > 0) return null;
  return { group, runIds: openOfGroup(memory, group, true).map(({ id }) => id) };
}

/** Consecutive moments that came to nothing for the same reason are one fire. */
function goesOn(known: FireRow, job: JobRow, fire: Fire): boolean {
  return (
    fire.decision !== 'ran' &&
    known.jobVersion === job.version &&
    known.decision === fire.decision &&
    known.reason === fire.reason &&
    JSON.stringify(known.blocker) === JSON.stringify(fire.blocker)
  );
}

function fireAndRun(memory: Memory, job: JobRow, fire: Fire, now: Instant): number {
  const { scheduledFor, until, dueCount, decision, reason, blocker } = fire;
  const id = memory.newId('fire');
  memory.parts.insertFire(memory, {
    id,
    jobId: job.id,
    jobVersion: job.version,
    scheduledFor,
    until,
    dueCount,
    decision,
    reason,
    blocker,
    upstreamRunId: null,
    decidedAt: now,
  });
  const run: NewRun = { ...runOf(job), cause: 'fire', requestedBy: null, fireId: id };
  if (decision === 'ran') {
    memory.parts.insertRun(memory, { ...run, waitsForTurn: fire.waitsForTurn });
    stopReplaced(memory, fire.replaces);
  } else {
    bornOver(memory, memory.parts.insertRun(memory, { ...run, waitsForTurn: true }), decision, reason);
  }
  return id;
}

function stopReplaced(memory: Memory, runIds: readonly number[]): void {
  for (const id of runIds) {
    const open = memory.tables.runs.get(id);
    const wish = { end: 'cancelled', code: 'replaced', reason: '', by: 'scheduler' } as const;
    if (open !== undefined && !isOver(open)) memory.parts.stopRun(memory, open, wish, false);
  }
}

/** The key of a fire is its job and moment. */
export function insertFire({ tables }: Memory, fire: FireRow): void {
  for (const other of tables.fires.values())
    if (other.jobId === fire.jobId && other.scheduledFor === fire.scheduledFor)
      throw new AppError('internal', {
        message: `job ${fire.jobId} has a fire of ${fire.scheduledFor} already`,
      });
  tables.fires.set(fire.id, fire);
}

export function moveNext(
  _memory: Memory,
  job: JobRow,
  next: JobRow['next'],
  lastFireId: number | null,
): void {
  job.next = next;
  job.lastFireId = lastFireId;
}

/** Fires jobs that follow runs which ended well, and takes the notes of them away. */
export function fireAfter(memory: Memory, limit: number): number {
  const due = memory.tables.afterDue.splice(0, limit);
  let fired = 0;
  for (const { jobId, upstreamRunId, endedAt } of due) {
    const job = memory.tables.jobs.get(jobId);
    if (job === undefined || !follows(memory, job, upstreamRunId)) continue;
    fireFollower(memory, job, upstreamRunId, endedAt);
    fired += 1;
  }
  return fired;
}

function follows({ tables }: Memory, job: JobRow, upstreamRunId: number): boolean {
  const { trigger } = job.definition.schedule;
  if (trigger.kind !== 'after' || job.state !== 'enabled' || job.deletedAt !== null) return false;
  return tables.runs.get(upstreamRunId)?.jobId === trigger.jobId;
}

function fireFollower(memory: Memory, job: JobRow, upstreamRunId: number, endedAt: Instant): void {
  const overlap = decideOverlap(job.definition.schedule.overlap, dueJob(memory, job));
  let at = endedAt;
  while ([...memory.tables.fires.values()].some((one) => one.jobId === job.id && one.scheduledFor === at))
    at += 0.001;
  const isRefused = overlap.kind === 'refuse';
  const id = memory.newId('fire');
  memory.parts.insertFire(memory, {
    id,
    jobId: job.id,
    jobVersion: job.version,
    scheduledFor: at,
    until: at,
    dueCount: 1,
    upstreamRunId,
    decision: isRefused ? 'skipped' : 'ran',
    reason: isRefused ? overlap.reason : FOLLOWING[overlap.kind],
    blocker: isRefused ? overlap.blocker : null,
    decidedAt: memory.now(),
  });
  job.lastFireId = id;
  const run: NewRun = { ...runOf(job), cause: 'after', requestedBy: null, fireId: id, upstreamRunId };
  const runId = memory.parts.insertRun(memory, { ...run, waitsForTurn: overlap.kind !== 'run' });
  if (isRefused) bornOver(memory, runId, 'skipped', overlap.reason);
  if (overlap.kind === 'replace') stopReplaced(memory, overlap.runIds);
}

const FOLLOWING = { run: 'after_run', wait: 'queued', replace: 'replaced' } as const;

/** A run by hand; nothing of the job changes. */
export function triggerJob(memory: Memory, id: number, trigger: ManualTrigger): number {
  const job = jobRow(memory, id);
  const overlap = decideOverlap(job.definition.schedule.overlap, dueJob(memory, job));
  if (overlap.kind === 'refuse') throw busy(job, overlap.blocker);
  const run = runOf(job);
  const runId = memory.parts.insertRun(memory, {
    ...run,
    wish: { ...run.wish, ...trigger.params } as NewRun['wish'],
    cause: 'person',
    requestedBy: trigger.by,
    waitsForTurn: overlap.kind !== 'run',
  });
  if (overlap.kind === 'replace') stopReplaced(memory, overlap.runIds);
  noteChange(memory, job, 'triggered', trigger.by, { runId, params: trigger.params });
  return runId;
}

function busy({ key }: JobRow, { runIds, group }: Blocker): AppError {
  const run = runIds[0] ?? 0;
  return group === null
    ? new AppError('job_busy', { job: key, run })
    : new AppError('group_busy', { job: key, group, run });
}

export function fires(memory: Memory, filter: FireFilter): readonly FireView[] {
  const { jobId, decision, limit } = filter;
  return [...memory.tables.fires.values()]
    .filter(
      (fire) => (jobId === null || fire.jobId === jobId) && (decision === null || fire.decision === decision),
    )
    .toReversed()
    .slice(0, limit)
    .map((fire) => viewOfFire(memory, fire));
}

export function fireAt(memory: Memory, jobId: number, at: Instant): FireView | undefined {
  const found = [...memory.tables.fires.values()].find(
    (fire) => fire.jobId === jobId && fire.scheduledFor <= at && fire.until >= at,
  );
  return found && viewOfFire(memory, found);
}

function viewOfFire({ tables }: Memory, fire: FireRow): FireView {
  const run = [...tables.runs.values()].find(({ fireId }) => fireId === fire.id);
  return { ...fire, runId: run?.id ?? null, runState: run?.state ?? null };
}
