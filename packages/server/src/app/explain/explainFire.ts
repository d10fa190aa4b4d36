import { decisionWords, fireReasonText, type RunState } from '@tapekeeper/core';
import type { FireView } from '../../ports/jobStore.ts';
import type { OtherRun } from '../../ports/explainStore.ts';
import { NOTHING, type JobAnswer, type JobCase } from './jobAnswer.ts';
import { zoneOfSchedule, type TimeWindow } from './moments.ts';
import { joined, localTime, type Words } from './words.ts';

/** What was decided about the moments of a window, why, and what became of it. */
export async function explainFire(
  { deps, job }: JobCase,
  fire: FireView,
  window: TimeWindow,
): Promise<JobAnswer> {
  const blockers = fire.blocker?.runIds ?? [];
  const found = await deps.store.otherRuns([...blockers, ...(fire.runId === null ? [] : [fire.runId])]);
  const run = found.find(({ id }) => id === fire.runId) ?? null;
  const zone = zoneOfSchedule(job.definition.schedule);
  const time = localTime(fire.scheduledFor, zone);
  const until = fire.until > fire.scheduledFor ? localTime(fire.until, zone) : undefined;
  const stretch: Words = {
    en: `${decisionWords(fire.decision, 'en')}: ${time}${until === undefined ? '' : ` to ${until}`}.`,
    zh: `${decisionWords(fire.decision, 'zh')}：${time}${until === undefined ? '' : ` 至 ${until}`}。`,
  };
  const reason: Words = { en: fireReasonText(fire, 'en'), zh: fireReasonText(fire, 'zh') };
  const outcome = fire.decision === 'ran' && run !== null ? outcomeOf(run) : undefined;
  const moment = { scheduledFor: Math.max(fire.scheduledFor, Math.min(window.from, fire.until)), dueAt: 0 };
  return {
    ...NOTHING,
    verdict: fire.decision,
    code: fire.reason,
    text: joined(stretch, reason, outcome),
    moment: { ...moment, dueAt: moment.scheduledFor },
    fire,
    run,
    blockedBy: found.filter(({ id }) => blockers.includes(id)),
    notes: fire.jobVersion === job.version ? [] : [otherVersion(fire.jobVersion, job.version)],
  };
}

function outcomeOf(run: OtherRun): Words {
  const { en, zh } = STATE_WORDS[run.state];
  return { en: `Run ${run.id} of it ${en}.`, zh: `对应的运行 ${run.id} ${zh}。` };
}

const STATE_WORDS: Readonly<Record<RunState, Words>> = {
  pending: { en: 'has yet to begin', zh: '尚未开始' },
  running: { en: 'is at work', zh: '正在进行' },
  paused: { en: 'is paused', zh: '已暂停' },
  success: { en: 'ended well', zh: '已成功' },
  success_with_errors: { en: 'ended with errors', zh: '部分成功' },
  failed: { en: 'failed', zh: '已失败' },
  cancelled: { en: 'was cancelled', zh: '已取消' },
  skipped: { en: 'was skipped', zh: '已跳过' },
  missed: { en: 'was missed', zh: '已错过' },
};

/** The job has been changed since. */
export function otherVersion(then: number, now: number): { readonly code: string; readonly text: Words } {
  return {
    code: 'other_version',
    text: {
      en: `The job was at version ${then} then; it is at version ${now} now.`,
      zh: `当时任务为版本 ${then}，现为版本 ${now}。`,
    },
  };
}
