import { DEFAULT_ZONE, occurrencesOf, requireZone } from '@tapekeeper/core';
import { blockersOf } from './blockers.ts';
import { NOTHING, type JobAnswer, type JobCase } from './jobAnswer.ts';
import { inactiveText, jobLifeAt } from './jobLife.ts';
import { momentsWithin, zoneOfSchedule, type TimeWindow } from './moments.ts';
import { whyNoMoment } from './whyNoMoment.ts';
import { joined, localTime, type Words } from './words.ts';

/** Whether a job will run in a window to come, as things are. */
export async function explainFuture(jobCase: JobCase, window: TimeWindow): Promise<JobAnswer> {
  const { deps, job, now, context } = jobCase;
  const { schedule } = job.definition;
  const [moment] = momentsWithin(occurrencesOf(schedule, context), window, 1);
  const life = await jobLifeAt(deps, job, now);
  if (schedule.trigger.kind === 'after') return follows(jobCase, whyNoMoment(schedule, context, window).text);
  if (moment === undefined) {
    const { code, text } = whyNoMoment(schedule, context, window);
    const notes = life.state === 'enabled' ? [] : [{ code: `job_${life.state}`, text: inactiveText(life) }];
    return { ...NOTHING, verdict: 'will_not_run', code, text, notes };
  }
  const notes = assumedNotes(jobCase, moment.scheduledFor);
  if (job.state !== 'enabled') {
    const text = joined(inactiveText(life), {
      en: 'It fires again when it is enabled.',
      zh: '重新启用后才会触发。',
    });
    return { ...NOTHING, verdict: 'will_not_run', code: `job_${job.state}`, text, moment, notes };
  }
  const blocking = await blockersOf(deps, job, moment.scheduledFor);
  const stop = blocking.find(({ stops }) => stops);
  const zone = zoneOfSchedule(schedule);
  const time = localTime(moment.dueAt, zone);
  const text = stop
    ? joined({ en: `It is due at ${time}.`, zh: `它于 ${time} 到期。` }, stop.text)
    : joined(
        { en: `It will run at ${time}.`, zh: `它将于 ${time} 运行。` },
        ...blocking.map((one) => one.text),
      );
  return {
    ...NOTHING,
    verdict: stop ? 'will_not_run' : 'will_run',
    code: stop?.code ?? blocking[0]?.code ?? 'due',
    text,
    moment,
    blocking,
    notes,
  };
}

/** A job that follows another one has no time of its own: what counts is how the other one stands. */
async function follows({ deps, job }: JobCase, text: Words): Promise<JobAnswer> {
  const { trigger } = job.definition.schedule;
  const upstream = trigger.kind === 'after' ? await deps.store.job(trigger.jobId) : undefined;
  if (job.state !== 'enabled' || upstream === undefined) {
    const off = {
      en: `It is ${job.state}, so it will not.`,
      zh: `该任务当前状态为 ${job.state}，因此不会运行。`,
    };
    const gone = { en: 'That job is gone.', zh: '该上游任务已不存在。' };
    const why = upstream === undefined ? gone : off;
    const code = upstream === undefined ? 'upstream_gone' : `job_${job.state}`;
    return { ...NOTHING, verdict: 'will_not_run', code, text: joined(text, why) };
  }
  const last = upstream.lastRun;
  const state: Words = last
    ? {
        en: `Its last run ${last.id} is ${last.state}.`,
        zh: `其最近的运行 ${last.id} 状态为 ${last.state}。`,
      }
    : { en: 'That has not run yet.', zh: '该任务尚未运行过。' };
  return { ...NOTHING, verdict: 'will_run', code: 'follows_job', text: joined(text, state) };
}

/** Past the announced calendar, weekdays count as trading days, and nobody knows yet. */
function assumedNotes({ job, context }: JobCase, at: number): JobAnswer['notes'] {
  const { schedule } = job.definition;
  const day = requireZone(DEFAULT_ZONE).dayAt(at);
  const heedsDays = schedule.tradingDaysOnly || schedule.trigger.kind === 'session';
  if (!heedsDays || !context.calendar.isAssumed(day)) return [];
  const { lastKnownDay } = context.calendar;
  const text = {
    en: `The calendar is announced through ${lastKnownDay}: ${day} is taken for a trading day as any weekday.`,
    zh: `交易日历公布至 ${lastKnownDay}：${day} 暂按工作日视为交易日。`,
  };
  return [{ code: 'assumed_day', text }];
}
