import { occurrencesOf, type Instant, type Moment } from '@tapekeeper/core';
import { otherVersion } from './explainFire.ts';
import { NOTHING, type JobAnswer, type JobCase } from './jobAnswer.ts';
import { blockersOf } from './blockers.ts';
import { inactiveText, jobLifeAt } from './jobLife.ts';
import { momentsWithin, zoneOfSchedule, type TimeWindow } from './moments.ts';
import { whyNoMoment } from './whyNoMoment.ts';
import { localTime } from './words.ts';

/** Fires are kept for this long. */
const KEPT_MS = 400 * 86_400_000;

/** Why there is no decision about a time that has been; `moment` is one of today's trigger in it. */
export async function explainNoFire(
  jobCase: JobCase,
  window: TimeWindow,
  moment: Moment | null,
): Promise<JobAnswer> {
  const { deps, job, now, context } = jobCase;
  const end = Math.min(window.to - 1, now);
  const life = await jobLifeAt(deps, job, moment?.scheduledFor ?? end);
  if (!life.existed) return notMade(jobCase);
  const { schedule } = life.definition;
  const due =
    life.version === job.version
      ? moment
      : (momentsWithin(occurrencesOf(schedule, context), { from: window.from, to: end + 1 }, 1)[0] ?? null);
  const notes = life.version === job.version ? [] : [otherVersion(life.version, job.version)];
  if (due === null) {
    const { code, text } = whyNoMoment(schedule, context, window);
    const inactive =
      life.state === 'enabled' ? [] : [{ code: `job_${life.state}`, text: inactiveText(life) }];
    return { ...NOTHING, verdict: 'no_moment', code, text, notes: [...notes, ...inactive] };
  }
  const found = { ...NOTHING, moment: due, notes };
  if (life.state !== 'enabled') {
    return { ...found, verdict: 'not_active', code: `job_${life.state}`, text: inactiveText(life) };
  }
  return { ...found, verdict: 'undecided', ...(await whyUndecided(jobCase, due)) };
}

function notMade({ job }: JobCase): JobAnswer {
  const time = localTime(job.createdAt, zoneOfSchedule(job.definition.schedule));
  const text = {
    en: `The job did not exist yet: it was made at ${time}.`,
    zh: `当时任务尚不存在：创建于 ${time}。`,
  };
  return { ...NOTHING, verdict: 'not_active', code: 'job_not_made', text };
}

async function whyUndecided(
  jobCase: JobCase,
  due: Moment,
): Promise<Pick<JobAnswer, 'code' | 'text' | 'blocking'>> {
  const { deps, job, now } = jobCase;
  const time = localTime(due.dueAt, zoneOfSchedule(job.definition.schedule));
  if (due.scheduledFor < now - KEPT_MS) {
    const text = {
      en: 'What was decided so long ago is not kept any more.',
      zh: '时间过久，当时的决定已不再保留。',
    };
    return { code: 'records_gone', text, blocking: [] };
  }
  if (due.dueAt > now) {
    const text = { en: `Its jitter makes it due at ${time}.`, zh: `因随机延后，它于 ${time} 到期。` };
    return { code: 'jitter', text, blocking: [] };
  }
  if (isPassedOver(due.scheduledFor, job.next)) {
    const text = {
      en: 'Nothing was decided about it: the trigger was changed, or the job enabled, only after that moment.',
      zh: '未对其作出决定：触发器在该时刻之后才修改，或任务在其后才启用。',
    };
    return { code: 'passed_over', text, blocking: [] };
  }
  const blocking = (await blockersOf(deps, job, due.scheduledFor)).filter(
    ({ code }) => code === 'no_scheduler',
  );
  const [scheduler] = blocking;
  if (scheduler !== undefined) return { code: 'no_scheduler', text: scheduler.text, blocking };
  const text = {
    en: `It has been due since ${time}, and a scheduler is about to decide.`,
    zh: `已于 ${time} 到期，调度器即将作出决定。`,
  };
  return { code: 'about_to_fire', text, blocking };
}

/** Whether the job waits for a later moment already. */
function isPassedOver(moment: Instant, next: Moment | null): boolean {
  return next === null || next.scheduledFor > moment;
}
