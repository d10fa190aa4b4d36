import type { Language } from '../error/codes.ts';
import type { Fire, FireDecision, FireReason } from './fire.ts';

/** What the words about a decision are made from. */
export interface DecidedFire extends Pick<Fire, 'decision' | 'reason' | 'dueCount' | 'blocker'> {
  readonly upstreamRunId?: number | null;
}

interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Blanks: {count} due moments, {runs} that stood in the way, the full {group}, the {upstream} run. */
const REASON_TEXTS: Readonly<Record<FireReason, Words>> = {
  on_time: { en: 'It ran when it was due.', zh: '到期后按时运行。' },
  caught_up: {
    en: 'Nobody was there when it was due; one run made up for {count}.',
    zh: '到期时没有调度器在工作；由一次运行补上 {count}。',
  },
  too_late: {
    en: 'It came too late: the grace was over, and the misfire policy is to skip ({count}).',
    zh: '已超过宽限时间，且错过策略为跳过（{count}）。',
  },
  catch_up_limit: {
    en: 'It was older than the moments that are made up for one by one ({count}).',
    zh: '早于逐一补跑的上限（{count}）。',
  },
  job_busy: {
    en: 'The job was still at work ({runs}), and its overlap policy lets nothing run beside it ({count}).',
    zh: '该任务仍有运行未结束（{runs}），其重叠策略不允许同时运行（{count}）。',
  },
  group_busy: {
    en: 'The group {group} was full ({runs}), and the overlap policy of the job is not to wait ({count}).',
    zh: '并发组 {group} 已满（{runs}），任务的重叠策略为不等待（{count}）。',
  },
  queued: {
    en: 'Its run was put in the queue behind {runs}.',
    zh: '其运行已排队，等待 {runs} 结束。',
  },
  replaced: {
    en: 'Its run took the place of {runs}, which was told to stop.',
    zh: '其运行取代了 {runs}，后者已被要求停止。',
  },
  after_run: {
    en: 'It ran because run {upstream} had ended well.',
    zh: '因上游运行 {upstream} 正常结束而运行。',
  },
};

/**
 * Why a fire was decided as it was, in words.
 * @example fireReasonText({ decision: 'ran', reason: 'on_time', dueCount: 1, blocker: null }, 'en')
 */
export function fireReasonText(fire: DecidedFire, language: Language): string {
  const runIds = fire.blocker?.runIds ?? [];
  const values: Readonly<Record<string, string>> = {
    count: language === 'zh' ? `${fire.dueCount} 个到期时刻` : momentsInEnglish(fire.dueCount),
    runs:
      runIds.length === 0 ? NO_RUN[language] : RUNS[language] + runIds.join(language === 'zh' ? '、' : ', '),
    group: fire.blocker?.group ?? '-',
    upstream: String(fire.upstreamRunId ?? '-'),
  };
  return REASON_TEXTS[fire.reason][language].replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => values[name] ?? '',
  );
}

const RUNS: Readonly<Record<Language, string>> = { en: 'run ', zh: '运行 ' };
const NO_RUN: Readonly<Record<Language, string>> = { en: 'another run', zh: '另一次运行' };

const DECISION_WORDS: Readonly<Record<FireDecision, Words>> = {
  ran: { en: 'It ran', zh: '已运行' },
  missed: { en: 'It was missed', zh: '已错过' },
  skipped: { en: 'It was skipped', zh: '已跳过' },
};

/**
 * What was decided, in words.
 * @example decisionWords('missed', 'zh') // '已错过'
 */
export function decisionWords(decision: FireDecision, language: Language): string {
  return DECISION_WORDS[decision][language];
}

function momentsInEnglish(count: number): string {
  return count === 1 ? 'one due moment' : `${count} due moments`;
}
