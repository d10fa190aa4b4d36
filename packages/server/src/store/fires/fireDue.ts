import type { DueJob, Fire, FirePlan, Instant } from '@tapekeeper/core';
import type { FireReport, JobId } from '../../ports/jobStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { beginDecision, claimDue, lastFires, type ClaimedJob } from './claimDue.ts';
import { msUntilDue } from './msUntilDue.ts';
import { isFaultOfRows, tellNotDecided } from './notDecided.ts';
import { readPlaces, type PlacedJob, type Places } from './places.ts';
import { isOverWhenStopped } from './stopReplaced.ts';
import { writeFires, type DecidedJob, type LastFire } from './writeFires.ts';

type Decide = (job: DueJob, now: Instant) => FirePlan;

/** A job that cannot be decided about is tried again after this; the others do not wait for it. */
const POSTPONED_SECONDS = 60;

/**
 * Claims due jobs and decides about them in one transaction. One whose decision cannot be written at all
 * is found by deciding about ever fewer, and put off.
 */
export async function fireDue(db: Database, limit: number, decide: Decide): Promise<FireReport> {
  for (let size = limit; ; size = Math.ceil(size / 4)) {
    const claimed: JobId[] = [];
    try {
      return await db.transaction((tx) => decideDue(tx, size, decide, claimed));
    } catch (error) {
      const [only, ...others] = claimed;
      if (only === undefined || !isFaultOfRows(error)) throw error;
      if (others.length > 0) continue;
      await db.transaction((tx) => postpone(tx, only, error));
      return { jobs: 0, fires: 0, more: true, nextInMs: 0 };
    }
  }
}

async function decideDue(
  tx: Transaction,
  limit: number,
  decide: Decide,
  claimed: JobId[],
): Promise<FireReport> {
  const now = await beginDecision(tx);
  const jobs = await claimDue(tx, now, limit);
  if (jobs.length === 0) return { jobs: 0, fires: 0, more: false, nextInMs: await msUntilDue(tx) };
  claimed.push(...jobs.map(({ id }) => id));
  const last = await lastFires(tx, claimed);
  const placed = new Map(jobs.map((job) => [job.id, placeOf(job)]));
  const places = await readPlaces(tx, [...placed.values()]);
  let left: readonly ClaimedJob[] = jobs;
  let fires = 0;
  let decided = 0;
  while (left.length > 0) {
    const wave = await decideWave(tx, { jobs: left, placed, places, last, decide, now });
    await writeWave(tx, wave.decided, placed, places);
    fires += wave.decided.reduce((sum, job) => sum + job.fires.length, 0);
    decided += wave.decided.length;
    left = wave.left;
  }
  const nextInMs = await msUntilDue(tx);
  return { jobs: decided, fires, more: jobs.length === limit || nextInMs === 0, nextInMs };
}

function placeOf({ id, definition: { policies } }: ClaimedJob): PlacedJob {
  return { id, mostRuns: policies.mostRuns, group: policies.group };
}

interface Wave {
  readonly jobs: readonly ClaimedJob[];
  readonly placed: ReadonlyMap<JobId, PlacedJob>;
  readonly places: Places;
  readonly last: ReadonlyMap<JobId, LastFire>;
  readonly decide: Decide;
  readonly now: Instant;
}

/**
 * Decides about jobs until one meets a group that a run of this wave goes into: who is in its way has no
 * number yet, so that it and what comes after it are left for the next wave.
 */
async function decideWave(
  tx: Transaction,
  { jobs, placed, places, last, decide, now }: Wave,
): Promise<{ readonly decided: readonly DecidedJob[]; readonly left: readonly ClaimedJob[] }> {
  const decided: DecidedJob[] = [];
  const entered = new Set<string>();
  for (const [at, job] of jobs.entries()) {
    const place = placed.get(job.id) as PlacedJob;
    if (place.group !== null && entered.has(place.group)) return { decided, left: jobs.slice(at) };
    const lastFire = last.get(job.id) ?? null;
    const due: DueJob = {
      jobId: job.id,
      key: job.key,
      schedule: job.definition.schedule,
      next: { scheduledFor: job.scheduledFor, dueAt: job.dueAt },
      decidedUntil: lastFire?.until ?? null,
      ...places.of(place),
    };
    const plan = planOf(decide, due, now);
    if ('error' in plan) {
      await postpone(tx, job.id, plan.error);
      continue;
    }
    const fires = withinGroup(plan.fires, place, places);
    if (fires.length === 0 && plan.next?.dueAt === job.dueAt) continue;
    if (place.group !== null && fires.some(({ decision }) => decision === 'ran')) entered.add(place.group);
    decided.push({
      id: job.id,
      version: job.version,
      definition: job.definition,
      last: lastFire?.id === job.lastFireId ? lastFire : null,
      fires,
      next: plan.next,
    });
  }
  return { decided, left: [] };
}

function planOf(decide: Decide, due: DueJob, now: Instant): FirePlan | { readonly error: unknown } {
  try {
    return decide(due, now);
  } catch (error) {
    return { error };
  }
}

/** Several runs of one plan may be more than the group has room for: the others wait for their turn. */
function withinGroup(fires: readonly Fire[], { group }: PlacedJob, places: Places): readonly Fire[] {
  if (group === null) return fires;
  let free = places.freeIn(group);
  return fires.map((fire) => {
    if (fire.decision !== 'ran' || fire.waitsForTurn || free-- > 0) return fire;
    return { ...fire, reason: 'queued', waitsForTurn: true };
  });
}

async function writeWave(
  tx: Transaction,
  decided: readonly DecidedJob[],
  placed: ReadonlyMap<JobId, PlacedJob>,
  places: Places,
): Promise<void> {
  if (decided.length === 0) return;
  for (const { job, fire, runId } of await writeFires(tx, decided)) {
    const place = placed.get(job.id) as PlacedJob;
    if (fire.decision === 'ran') places.add(place, runId);
    for (const replaced of fire.replaces) {
      if (await isOverWhenStopped(tx, replaced)) places.remove(place, replaced);
    }
  }
}

/** The moment stays as it is: it is decided about when that can be done, not lost. */
async function postpone(tx: Transaction, id: JobId, cause: unknown): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.job SET next_fire_at = tapekeeper.now() + make_interval(secs => ${POSTPONED_SECONDS})
    WHERE id = ${id} AND next_fire_at IS NOT NULL`);
  await tellNotDecided(tx, id, cause);
}
