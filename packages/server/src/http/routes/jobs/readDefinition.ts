import type { JobDefinitionText } from '@tapekeeper/contract';
import {
  scheduleOf,
  type JobDefinition,
  type JobType,
  type JobWork,
  type Schedule,
  type Trigger,
} from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import { findJob } from '../../../app/jobs/findJob.ts';

/**
 * A definition as the use cases have it: times as instants, jobs by their numbers. An interval without an
 * anchor keeps that of the former definition if its step is the same, and else is counted from now.
 * Raises `unknown_job`.
 */
export async function readDefinition(
  deps: AppDeps,
  text: JobDefinitionText,
  former?: JobDefinition,
): Promise<JobDefinition> {
  const { name, description, tags, schedule, policies, wording, ...work } = text;
  return {
    ...(await readWork(deps, work)),
    name,
    description,
    tags: [...new Set(tags)],
    schedule: await readSchedule(deps, text.type, schedule, former),
    policies,
    ...(wording !== undefined && { wording }),
  };
}

export type WorkText = JobDefinitionText extends infer One
  ? One extends JobDefinitionText
    ? Pick<One, 'type' | 'params'>
    : never
  : never;

/** What a job does, with the nodes of a workflow by their numbers. Raises `unknown_job`. */
export async function readWork(deps: AppDeps, work: WorkText): Promise<JobWork> {
  if (work.type !== 'workflow') return work;
  const nodes = [];
  for (const node of work.params.nodes) nodes.push({ ...node, jobId: await idOf(deps, node.jobId) });
  return { type: work.type, params: { ...work.params, nodes } };
}

/** When a job of that type is to run, as the use cases have it. Raises `unknown_job`. */
export async function readSchedule(
  deps: AppDeps,
  type: JobType,
  text: JobDefinitionText['schedule'],
  former?: JobDefinition,
): Promise<Schedule> {
  const { tradingDaysOnly, activeFrom, activeUntil, jitterSeconds, misfire, graceSeconds, overlap } = text;
  const trigger = await readTrigger(deps, text.trigger, former?.schedule.trigger);
  return {
    trigger,
    tradingDaysOnly,
    activeFrom: activeFrom === null ? null : Date.parse(activeFrom),
    activeUntil: activeUntil === null ? null : Date.parse(activeUntil),
    jitterSeconds,
    misfire,
    graceSeconds,
    // a repair has time
    overlap: overlap ?? (type === 'repair' ? 'queue' : scheduleOf(trigger).overlap),
  };
}

async function readTrigger(
  deps: AppDeps,
  text: JobDefinitionText['schedule']['trigger'],
  former: Trigger | undefined,
): Promise<Trigger> {
  switch (text.kind) {
    case 'cron':
    case 'session':
    case 'manual':
      return text;
    case 'once':
      return { kind: 'once', at: Date.parse(text.at) };
    case 'after':
      return { kind: 'after', jobId: await idOf(deps, text.jobId) };
    case 'interval': {
      const { kind, everySeconds, anchor } = text;
      if (anchor !== undefined) return { kind, everySeconds, anchor: Date.parse(anchor) };
      if (former?.kind === 'interval' && former.everySeconds === everySeconds) return former;
      return { kind, everySeconds, anchor: Math.floor((await deps.store.now()) / 1000) * 1000 };
    }
  }
}

async function idOf(deps: AppDeps, ref: number | string): Promise<number> {
  return typeof ref === 'number' ? ref : (await findJob(deps, ref)).id;
}
