import type { DatasetId } from '../../dataset/dataset.ts';
import type { SourceId } from '../../source/source.ts';
import { DEFAULT_ZONE, scheduleOf, type Schedule } from '../../trigger/trigger.ts';
import type { WorkflowNode } from '../../workflow/workflow.ts';
import { DEFAULT_POLICIES, type JobDefinition, type RunPolicies } from '../definition.ts';
import type { JobWork, SyncWish } from '../jobType.ts';

/** A job that the program brings along. */
export interface Starter {
  readonly key: string;
  /** Whether it is one of those that keep the data complete, and is enabled from the first start on. */
  readonly isCore: boolean;
  /** Jobs that it refers to come before it in the catalogue; their numbers are asked for by key. */
  readonly define: (idOf: (key: string) => number) => JobDefinition;
}

/** What a starter says of itself besides its work. */
export interface About {
  readonly name: string;
  /** English, then Chinese, a line each. */
  readonly description: readonly [en: string, zh: string];
  readonly tags?: readonly string[];
  readonly schedule?: Schedule;
  readonly policies?: Partial<RunPolicies>;
}

/** A job of fixed parameters. */
export function starter(key: string, work: JobWork, about: About, isCore = false): Starter {
  return { key, isCore, define: () => definitionOf(work, about) };
}

/** A sync of what a data set lacks. Syncs of one data set take turns: the second finds little left to do. */
export function syncStarter(
  key: string,
  wish: SyncWish & { readonly dataset: DatasetId },
  about: About,
  isCore = false,
): Starter {
  const policies = { group: wish.dataset, ...about.policies };
  return starter(key, { type: 'sync', params: wish }, { ...about, policies }, isCore);
}

export interface StarterNode extends Omit<WorkflowNode, 'jobId' | 'condition' | 'dependsOn'> {
  readonly job: string;
  readonly dependsOn?: readonly string[];
  readonly condition?: WorkflowNode['condition'];
}

/** A workflow over starters that come before it. */
export function workflowStarter(
  key: string,
  graph: {
    readonly mode: 'serial' | 'parallel';
    readonly onFailure: 'stop' | 'continue';
    readonly nodes: readonly StarterNode[];
  },
  about: About,
  isCore = false,
): Starter {
  return {
    key,
    isCore,
    define: (idOf) => {
      const nodes = graph.nodes.map(({ job, dependsOn = [], condition = 'success', node }) => ({
        node,
        jobId: idOf(job),
        dependsOn,
        condition,
      }));
      return definitionOf({ type: 'workflow', params: { ...graph, nodes, mostAtATime: 4 } }, about);
    },
  };
}

function definitionOf(work: JobWork, about: About): JobDefinition {
  const { name, description, tags = [], schedule = BY_HAND, policies } = about;
  return {
    ...work,
    name,
    description: description.join('\n'),
    tags,
    schedule,
    policies: { ...DEFAULT_POLICIES, ...policies },
  };
}

export const BY_HAND = scheduleOf({ kind: 'manual' });

/** On trading days, relative to the session: `close(XSHG)+2h`. A busy job or group is waited for. */
export function onSession(rule: string): Schedule {
  return { ...scheduleOf({ kind: 'session', rule }), overlap: 'queue' };
}

/** Again and again while the exchanges trade; what was missed is of no use any more. */
export function inSession(every: string): Schedule {
  const schedule = scheduleOf({ kind: 'session', rule: `every ${every} in session` });
  return { ...schedule, misfire: 'skip', graceSeconds: 120 };
}

/** By the clock of the exchanges, on every day. */
export function onClock(expression: string): Schedule {
  return { ...scheduleOf({ kind: 'cron', expression, zone: DEFAULT_ZONE }), overlap: 'queue' };
}

/** One source alone. */
export const from = (source: SourceId): { readonly sources: readonly SourceId[] } => ({ sources: [source] });
