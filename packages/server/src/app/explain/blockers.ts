import {
  isSyncType,
  type Instant,
  type OverlapPolicy,
  type RunPolicies,
  type SyncWish,
} from '@tapekeeper/core';
import type { JobView } from '../../ports/jobStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { isAlive } from './workers.ts';
import { clockOf, runsOf, type Words } from './words.ts';

/** What would stand in the way of a moment to come, were things to stay as they are. */
export interface Blocker {
  readonly code: 'no_scheduler' | 'job_busy' | 'group_busy' | 'no_worker' | 'disk_full' | 'sources_closed';
  /** Whether nothing would run; else the run would be made, and wait. */
  readonly stops: boolean;
  readonly text: Words;
  readonly runIds: readonly RunId[];
  readonly group: string | null;
}

/** A scheduler turns once a second. */
const SCHEDULER_SILENT_MS = 15_000;

export async function blockersOf(deps: AppDeps, job: JobView, moment: Instant): Promise<readonly Blocker[]> {
  const isNext = job.next === null || moment <= job.next.scheduledFor;
  const found = await Promise.all([
    scheduler(deps),
    isNext ? turn(deps, job) : undefined,
    worker(deps),
    disk(deps),
    closedSources(deps, job, moment),
  ]);
  return found.filter((one) => one !== undefined);
}

const NOBODY = { runIds: [], group: null } as const;

async function scheduler({ store }: AppDeps): Promise<Blocker | undefined> {
  const alive = (await store.schedulers()).filter(({ silentMs }) => silentMs < SCHEDULER_SILENT_MS);
  if (alive.length > 0) return undefined;
  const text = {
    en: 'No scheduler is alive: nothing fires until "tapekeeper start" runs again.',
    zh: '没有存活的调度器：重新运行 “tapekeeper start” 之前不会触发。',
  };
  return { code: 'no_scheduler', stops: true, text, ...NOBODY };
}

async function turn({ store }: AppDeps, job: JobView): Promise<Blocker | undefined> {
  const policies: RunPolicies = job.definition.policies;
  const { overlap } = job.definition.schedule;
  const { ofJob, group } = await store.turnOf({
    runId: null,
    jobId: job.id,
    group: policies.group,
    priority: policies.priority,
  });
  const stops = overlap === 'skip' || overlap === 'reject';
  if (ofJob.length >= policies.mostRuns) {
    const runIds = ofJob.map(({ id }) => id);
    const { en, zh } = runsOf(runIds);
    const text = {
      en: `It is at work (${en}); ${OVERLAP_WORDS[overlap].en}`,
      zh: `它正在运行（${zh}）；${OVERLAP_WORDS[overlap].zh}`,
    };
    return { code: 'job_busy', stops, text, runIds, group: null };
  }
  if (group !== null && group.runs.length >= group.most) {
    const runIds = group.runs.map(({ id }) => id);
    const { en, zh } = runsOf(runIds);
    const text = {
      en: `The group ${group.name} is full (${en}); ${OVERLAP_WORDS[overlap].en}`,
      zh: `并发组 ${group.name} 已满（${zh}）；${OVERLAP_WORDS[overlap].zh}`,
    };
    return { code: 'group_busy', stops, text, runIds, group: group.name };
  }
  return undefined;
}

const SKIPPED: Words = {
  en: 'if that goes on until then, the moment is skipped.',
  zh: '若届时仍未结束，该时刻将被跳过。',
};
const OVERLAP_WORDS: Readonly<Record<OverlapPolicy, Words>> = {
  skip: SKIPPED,
  reject: SKIPPED,
  queue: {
    en: 'if that goes on until then, the new run waits for its end.',
    zh: '若届时仍未结束，新的运行将排队等待。',
  },
  replace: {
    en: 'if that goes on until then, it is told to stop for the new run.',
    zh: '若届时仍未结束，它将被要求停止，让位给新的运行。',
  },
};

async function worker({ store }: AppDeps): Promise<Blocker | undefined> {
  if ((await store.workersFor([])).some(isAlive)) return undefined;
  const text = {
    en: 'No worker is alive: the run would wait until one is.',
    zh: '没有存活的工作者：运行会一直等待，直到有工作者启动。',
  };
  return { code: 'no_worker', stops: false, text, ...NOBODY };
}

async function disk({ freeMegabytes, settings }: AppDeps): Promise<Blocker | undefined> {
  const free = await freeMegabytes();
  if (free === undefined || free >= settings.minFreeMegabytes) return undefined;
  const text = {
    en: `Only ${free} MB are free, ${settings.minFreeMegabytes} MB are needed: no call would go out.`,
    zh: `磁盘仅剩 ${free} MB，需要 ${settings.minFreeMegabytes} MB：不会发出请求。`,
  };
  return { code: 'disk_full', stops: false, text, ...NOBODY };
}

/** Where every source of the job's data set has shut its door until after the moment. */
async function closedSources(deps: AppDeps, job: JobView, moment: Instant): Promise<Blocker | undefined> {
  const { type, params } = job.definition;
  if (!isSyncType(type) || !deps.settings.budgets) return undefined;
  const { dataset, sources: wished } = params as SyncWish;
  const hosts = deps.settings.sourcePriority
    .filter((source) => wished === undefined || wished.includes(source))
    .flatMap((id) => {
      const source = deps.sources.get(id);
      const capability = source?.capabilities.find((one) => one.dataset === dataset);
      return source === undefined || capability === undefined
        ? []
        : [capability.host ?? source.hosts[0] ?? id];
    });
  if (hosts.length === 0) return undefined;
  const breakers = await Promise.all([...new Set(hosts)].map((host) => deps.store.hostFacts(host)));
  if (breakers.some(({ breaker }) => (breaker.openUntil ?? 0) <= moment)) return undefined;
  const said = breakers.map(({ host, breaker }) => `${host} (${clockOf(breaker.openUntil ?? moment)})`);
  const text = {
    en: `Every source of ${dataset} is left alone for now, until: ${said.join(', ')}.`,
    zh: `${dataset} 的所有数据源目前均暂停访问，直到：${said.join('、')}。`,
  };
  return { code: 'sources_closed', stops: false, text, ...NOBODY };
}
