import {
  occurrencesOf,
  RUN_MACHINE,
  type Instant,
  type Moment,
  type Schedule,
  type TriggerContext,
} from '@tapekeeper/core';
import type { JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { findJob } from '../jobs/findJob.ts';
import { loadCalendar } from '../market.ts';
import { explainFire } from './explainFire.ts';
import { explainFuture } from './explainFuture.ts';
import { explainNoFire } from './explainNoFire.ts';
import { NOTHING, type JobAnswer, type JobCase } from './jobAnswer.ts';
import { momentBefore, momentsWithin, readWindow, zoneOfSchedule, type TimeWindow } from './moments.ts';
import { runsOf } from './words.ts';

export interface JobExplanation extends JobAnswer {
  readonly job: JobView;
  readonly now: Instant;
  /** The time asked about; null where the question was about the present. */
  readonly window: TimeWindow | null;
  readonly previous: Moment | null;
  readonly next: Moment | null;
}

/** Moments of a window that are looked at; a day has no more than these of any sensible trigger. */
const MOST_MOMENTS = 1500;

/**
 * Why a job ran or did not run at a time, or whether it will; with no time, how it stands. A time is a day,
 * a minute or a second, in the zone of the trigger. Raises `unknown_job` and `bad_time`.
 */
export async function explainJob(
  deps: AppDeps,
  ref: string,
  at: string | undefined,
): Promise<JobExplanation> {
  const job = await findJob(deps, ref);
  const [now, calendar] = await Promise.all([deps.store.now(), loadCalendar(deps)]);
  const context: TriggerContext = { calendar, readCron: deps.readCron, key: job.key };
  const jobCase: JobCase = { deps, job, now, context };
  const { schedule } = job.definition;
  const window = at === undefined ? null : readWindow(at, zoneOfSchedule(schedule));
  const answer = window === null ? await explainPresent(jobCase) : await explainWindow(jobCase, window);
  return { ...answer, job, now, window, ...neighbours(schedule, context, answer.moment, window, now) };
}

/** The moments of the trigger before and after what is spoken of. */
function neighbours(
  schedule: Schedule,
  context: TriggerContext,
  moment: Moment | null,
  window: TimeWindow | null,
  now: Instant,
): Pick<JobExplanation, 'previous' | 'next'> {
  const occurrences = occurrencesOf(schedule, context);
  const from = moment?.scheduledFor ?? window?.from ?? now;
  const after = moment?.scheduledFor ?? (window === null ? now : window.to - 1);
  return { previous: momentBefore(occurrences, from) ?? null, next: occurrences.next(after) ?? null };
}

async function explainWindow(jobCase: JobCase, window: TimeWindow): Promise<JobAnswer> {
  const { deps, job, now, context } = jobCase;
  if (window.from > now) return explainFuture(jobCase, window);
  const fires = await deps.store.firesWithin(job.id, window.from, window.to);
  const notRun = fires.find(({ decision }) => decision !== 'ran');
  if (notRun !== undefined) return explainFire(jobCase, notRun, window);
  const moments = momentsWithin(occurrencesOf(job.definition.schedule, context), window, MOST_MOMENTS);
  const open = moments.find(
    ({ scheduledFor }) =>
      scheduledFor <= now &&
      !fires.some((fire) => fire.scheduledFor <= scheduledFor && scheduledFor <= fire.until),
  );
  const ran = fires.at(-1);
  if (ran !== undefined && open === undefined) return explainFire(jobCase, ran, window);
  // a day that is not over may have its moment yet to come
  const coming = open === undefined ? moments.find(({ scheduledFor }) => scheduledFor > now) : undefined;
  if (coming !== undefined) return explainFuture(jobCase, { from: coming.scheduledFor, to: window.to });
  return explainNoFire(jobCase, window, open ?? null);
}

/** How a job stands: at work, or when it will be and what is in the way. */
async function explainPresent(jobCase: JobCase): Promise<JobAnswer> {
  const { deps, job, now, context } = jobCase;
  const { ofJob } = await deps.store.turnOf({ runId: null, jobId: job.id, group: null, priority: 'normal' });
  const run = ofJob.find(({ state }) => !RUN_MACHINE.terminal.includes(state));
  if (run !== undefined) {
    const { en, zh } = runsOf([run.id]);
    const text = {
      en: `It is at work: ${en} is ${run.state}. "tapekeeper explain ${run.id}" tells what that does.`,
      zh: `正在运行：${zh}（${run.state}）。可用 “tapekeeper explain ${run.id}” 查看其状况。`,
    };
    return { ...NOTHING, verdict: 'running', code: 'run_open', text, run };
  }
  const moment = job.next ?? occurrencesOf(job.definition.schedule, context).next(now);
  if (moment !== undefined && moment !== null && moment.scheduledFor > now) {
    return explainFuture(jobCase, { from: moment.scheduledFor, to: moment.scheduledFor + 1 });
  }
  // due already, and on its way to be decided about
  const window = { from: moment?.scheduledFor ?? now, to: (moment?.scheduledFor ?? now) + 1 };
  return moment ? explainNoFire(jobCase, window, moment) : explainFuture(jobCase, window);
}
