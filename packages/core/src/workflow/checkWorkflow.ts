import type { JobState } from '../job/states.ts';
import type { JobParams, JobType } from '../job/jobType.ts';
import { findCycles } from './graph.ts';
import { workflowProblem, type WorkflowProblem } from './problems.ts';
import type { WorkflowNode, WorkflowParams } from './workflow.ts';

/** What a workflow has to know of a job that a node names. */
export interface WorkflowJob {
  readonly key: string;
  readonly state: JobState;
  readonly type: JobType;
  readonly params: JobParams[JobType];
  /** Its concurrency group; null or left out is none. */
  readonly group?: string | null;
}

export interface WorkflowFacts {
  /** The workflow's own job, where it has one already. */
  readonly selfId?: number | undefined;
  /** The concurrency group of its own job. */
  readonly group?: string | null | undefined;
  /** The jobs of its nodes, and those of the workflows among them; what is missing does not exist. */
  readonly jobs: ReadonlyMap<number, WorkflowJob>;
}

/**
 * Everything that keeps a workflow from running as it is, in the order of its nodes; nothing where it is
 * sound. What other workflows among its nodes lack is their own matter, and told when they run.
 * @example checkWorkflow({ ...params, nodes: [] }, { jobs: new Map() }) // [{ code: 'empty', … }]
 */
export function checkWorkflow(params: WorkflowParams, facts: WorkflowFacts): readonly WorkflowProblem[] {
  const { nodes } = params;
  if (nodes.length === 0) return [workflowProblem('empty', [])];
  return [
    ...duplicates(nodes),
    ...nodes.flatMap((node) => [
      ...jobProblems(node, facts),
      ...dependencyProblems(node, nodes),
      ...nestingProblems(node, facts),
    ]),
    ...findCycles(nodes).map((path) => workflowProblem('cycle', path.slice(0, -1), path.join(' -> '))),
  ];
}

function duplicates(nodes: readonly WorkflowNode[]): readonly WorkflowProblem[] {
  const names = nodes.map(({ node }) => node);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return [...new Set(twice)].map((name) => workflowProblem('duplicate_node', [name]));
}

function jobProblems({ node, jobId }: WorkflowNode, { jobs }: WorkflowFacts): readonly WorkflowProblem[] {
  const job = jobs.get(jobId);
  if (job === undefined) return [workflowProblem('unknown_job', [node], String(jobId))];
  return job.state === 'disabled' ? [workflowProblem('disabled_job', [node], job.key)] : [];
}

function dependencyProblems(
  { node, dependsOn }: WorkflowNode,
  nodes: readonly WorkflowNode[],
): readonly WorkflowProblem[] {
  return [...new Set(dependsOn)].flatMap((name) => {
    if (name === node) return [workflowProblem('self_dependency', [node])];
    const known = nodes.some((other) => other.node === name);
    return known ? [] : [workflowProblem('unknown_dependency', [node], name)];
  });
}

/** A workflow on the way from this one down to a job, with its group. */
interface Holder {
  readonly jobId: number | undefined;
  readonly group: string | null;
}

/** A workflow that holds on to a job or a group while a node of it, however deep, waits for just that. */
function nestingProblems(node: WorkflowNode, facts: WorkflowFacts): readonly WorkflowProblem[] {
  const problems: WorkflowProblem[] = [];
  const seen = new Set<string>();

  const descend = (jobId: number, above: readonly Holder[]): void => {
    const from = above.findIndex((holder) => holder.jobId === jobId);
    if (from !== -1) {
      const ids = [...above.slice(from).map((holder) => holder.jobId), jobId];
      problems.push(
        workflowProblem('recursion', [node.node], ids.map((id) => nameOf(id, facts)).join(' -> ')),
      );
      return;
    }
    const job = facts.jobs.get(jobId);
    if (job === undefined) return;
    const group = job.group ?? null;
    if (group !== null && above.some((holder) => holder.group === group)) {
      problems.push(workflowProblem('shared_group', [node.node], group));
    }
    // what lies below a workflow is judged by the groups that are held above it
    const visit = [jobId, ...above.map((holder) => holder.group ?? '').toSorted()].join('\n');
    if (job.type !== 'workflow' || seen.has(visit)) return;
    seen.add(visit);
    for (const inner of (job.params as WorkflowParams).nodes) {
      descend(inner.jobId, [...above, { jobId, group }]);
    }
  };

  descend(node.jobId, [{ jobId: facts.selfId, group: facts.group ?? null }]);
  const told = new Map(problems.map((problem) => [problem.en, problem]));
  return [...told.values()];
}

function nameOf(jobId: number | undefined, { jobs }: WorkflowFacts): string {
  return jobId === undefined ? '' : (jobs.get(jobId)?.key ?? String(jobId));
}
