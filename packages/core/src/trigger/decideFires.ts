import type { Instant } from '../day.ts';
import { decideOverlap } from './decideOverlap.ts';
import type { DueJob, Fire, FirePlan, FireReason } from './fire.ts';
import type { Moment, Occurrences } from './trigger.ts';

export interface FireLimits {
  /** Due moments that one plan counts; what is left is for the next plan. More than `catchUp`. */
  readonly moments: number;
  /** Moments that `run_all` makes up for: the newest. */
  readonly catchUp: number;
}

export const FIRE_LIMITS: FireLimits = { moments: 10_000, catchUp: 10 };

/**
 * Decides about every moment of a job that is due at `now`: by the misfire policy, which moments are
 * run for, one by one or together, and by the overlap policy, what becomes of that while the job or its
 * group is busy. Each due moment lies in exactly one of the fires, which are in order.
 *
 * Where more moments are due than a plan counts, all but the last few of those counted are missed
 * (`catch_up_limit`, or `too_late`): what they would have run for is run for by the plan that comes to
 * the end, so that a policy which promises one run gives one.
 * @example decideFires(job, occurrencesOf(job.schedule, context), now).fires[0]?.reason
 */
export function decideFires(
  job: DueJob,
  occurrences: Occurrences,
  now: Instant,
  limits: FireLimits = FIRE_LIMITS,
): FirePlan {
  const { moments, next, isCut } = dueMoments(job, occurrences, now, limits);
  const stretches = isCut ? missedStretches(job, moments, now) : stretchesOf(job, moments, now, limits);
  // one after the other: none of many would be made up for if each but the first found the job busy
  const overlap = moments.length > 1 && job.schedule.misfire === 'run_all' ? 'queue' : job.schedule.overlap;
  const fires: Fire[] = [];
  let { openRuns } = job;
  for (const stretch of stretches) {
    const fire = 'missed' in stretch ? missedFire(stretch) : firedOn({ ...job, openRuns }, stretch, overlap);
    const last = fires.at(-1);
    if (fire.decision === 'skipped' && last?.decision === 'skipped') fires.splice(-1, 1, joined(last, fire));
    else fires.push(fire);
    if (fire.decision === 'ran') openRuns = [...openRuns, TO_COME];
  }
  return { fires, next };
}

/** Stands for a run that an earlier fire of the plan will have made; nothing names it, being newer than what is named. */
const TO_COME = -1;

/** Due moments that one fire is made of, and what it is called where nothing stands in the way. */
interface Stretch {
  readonly moments: readonly Moment[];
  readonly reason: FireReason;
}
type MissedStretch = Stretch & { readonly missed: true };

function dueMoments(
  job: DueJob,
  occurrences: Occurrences,
  now: Instant,
  limits: FireLimits,
): { moments: readonly Moment[]; next: Moment | null; isCut: boolean } {
  const moments: Moment[] = [];
  let next = firstMoment(job, occurrences);
  while (next !== undefined && next.dueAt <= now) {
    if (moments.length === limits.moments) {
      // the newest of all moments may be among the last of these: they are left to the plan that knows
      const kept = moments.length - limits.catchUp;
      return { moments: moments.slice(0, kept), next: moments[kept] ?? next, isCut: true };
    }
    moments.push(next);
    next = occurrences.next(next.scheduledFor);
  }
  return { moments, next: next ?? null, isCut: false };
}

function firstMoment({ next, decidedUntil }: DueJob, occurrences: Occurrences): Moment | undefined {
  return decidedUntil !== null && next.scheduledFor <= decidedUntil ? occurrences.next(decidedUntil) : next;
}

function stretchesOf(
  { schedule }: DueJob,
  moments: readonly Moment[],
  now: Instant,
  { catchUp }: FireLimits,
): readonly (Stretch | MissedStretch)[] {
  if (moments.length === 0) return [];
  const isLate = (moment: Moment): boolean =>
    schedule.graceSeconds === null
      ? moment !== moments.at(-1)
      : now - moment.dueAt > schedule.graceSeconds * 1000;
  const ran = (of: readonly Moment[]): Stretch => ({
    moments: of,
    reason: of.length === 1 && !of.some(isLate) ? 'on_time' : 'caught_up',
  });
  switch (schedule.misfire) {
    case 'run_once':
      return [ran(moments)];
    case 'skip': {
      const inTime = moments.findIndex((moment) => !isLate(moment));
      if (inTime === -1) return [missed(moments, 'too_late')];
      return [...missedBefore(moments, inTime, 'too_late'), ran(moments.slice(inTime))];
    }
    case 'run_all': {
      const first = Math.max(0, moments.length - catchUp);
      return [
        ...missedBefore(moments, first, 'catch_up_limit'),
        ...moments.slice(first).map((moment) => ran([moment])),
      ];
    }
  }
}

/** Of a plan that was cut: nothing runs yet. */
function missedStretches(
  { schedule }: DueJob,
  moments: readonly Moment[],
  now: Instant,
): readonly MissedStretch[] {
  if (schedule.misfire !== 'skip') return [missed(moments, 'catch_up_limit')];
  const { graceSeconds } = schedule;
  const inTime =
    graceSeconds === null ? -1 : moments.findIndex(({ dueAt }) => now - dueAt <= graceSeconds * 1000);
  if (inTime === -1) return [missed(moments, 'too_late')];
  return [...missedBefore(moments, inTime, 'too_late'), missed(moments.slice(inTime), 'catch_up_limit')];
}

function missedBefore(moments: readonly Moment[], end: number, reason: FireReason): readonly MissedStretch[] {
  return end === 0 ? [] : [missed(moments.slice(0, end), reason)];
}

function missed(moments: readonly Moment[], reason: FireReason): MissedStretch {
  return { moments, reason, missed: true };
}

function missedFire(stretch: Stretch): Fire {
  return { ...spanOf(stretch), decision: 'missed', ...UNHINDERED };
}

function firedOn(job: DueJob, stretch: Stretch, policy: DueJob['schedule']['overlap']): Fire {
  const overlap = decideOverlap(policy, job);
  const fire = { ...spanOf(stretch), decision: 'ran' as const, ...UNHINDERED };
  switch (overlap.kind) {
    case 'run':
      return fire;
    case 'refuse':
      return { ...fire, decision: 'skipped', reason: overlap.reason, blocker: overlap.blocker };
    case 'wait':
      return { ...fire, reason: 'queued', waitsForTurn: true };
    case 'replace':
      return { ...fire, reason: 'replaced', waitsForTurn: true, replaces: overlap.runIds };
  }
}

/** Moments one after the other that the same things stood in the way of are one fire. */
function joined(first: Fire, last: Fire): Fire {
  return { ...first, until: last.until, dueCount: first.dueCount + last.dueCount };
}

const UNHINDERED = { blocker: null, waitsForTurn: false, replaces: [] } as const;

function spanOf({ moments, reason }: Stretch): Pick<Fire, 'scheduledFor' | 'until' | 'dueCount' | 'reason'> {
  const first = moments[0];
  const last = moments.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('a fire has at least one due moment');
  return { scheduledFor: first.scheduledFor, until: last.scheduledFor, dueCount: moments.length, reason };
}
