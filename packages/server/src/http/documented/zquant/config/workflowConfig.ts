import type { WorkflowNode, WorkflowParams } from '@tapekeeper/core';

/** One task of a graph. */
interface Part {
  readonly id: number;
  readonly dependencies: readonly number[];
}

export type Config = Readonly<Record<string, unknown>>;

/** Documented workflows run up to ten tasks at a time. */
const MOST_AT_A_TIME = 10;
/** Larger graphs are refused before anything of them is looked up. */
const MOST_TASKS = 200;

/**
 * The graph that a documented configuration describes, or what is wrong with its form in the words of the platform.
 * Whether the tasks are there is another question.
 */
export function readWorkflow(
  config: Config,
): { readonly params: WorkflowParams } | { readonly fault: string } {
  const mode = config['workflow_type'] ?? 'serial';
  if (mode !== 'serial' && mode !== 'parallel')
    return { fault: `不支持的执行模式: ${shown(mode)}，支持的模式：serial, parallel` };
  const onFailure = config['on_failure'] ?? 'stop';
  if (onFailure !== 'stop' && onFailure !== 'continue')
    return { fault: `不支持的失败处理策略: ${shown(onFailure)}，支持的策略：stop, continue` };
  const tasks = config['tasks'];
  if (!Array.isArray(tasks) || tasks.length === 0) return { fault: '编排任务配置中必须包含至少一个任务' };
  if (tasks.length > MOST_TASKS) return { fault: `编排任务最多包含 ${MOST_TASKS} 个任务` };
  const parts = tasks.map(partOf);
  if (parts.some((part) => part === undefined)) return { fault: '任务配置中缺少 task_id' };
  const known = parts as Part[];
  const twice = known.find(({ id }, at) => known.findIndex((one) => one.id === id) !== at);
  if (twice !== undefined) return { fault: `任务配置中 task_id 重复: ${twice.id}` };
  for (const { id, dependencies } of known) {
    const lacking = dependencies.filter((one) => !known.some((other) => other.id === one));
    if (lacking.length > 0) return { fault: `任务 ${id} 的依赖任务 ${listOf(lacking)} 不在任务列表中` };
  }
  return { params: { mode, onFailure, mostAtATime: MOST_AT_A_TIME, nodes: known.map(nodeOf) } };
}

/** The configuration that describes a graph. */
export function showWorkflow({ mode, onFailure, nodes }: WorkflowParams): Config {
  const idOf = new Map(nodes.map(({ node, jobId }) => [node, jobId]));
  return {
    workflow_type: mode,
    tasks: nodes.map(({ node, jobId, dependsOn }) => ({
      task_id: jobId,
      name: node,
      dependencies: dependsOn.flatMap((name) => idOf.get(name) ?? []),
    })),
    on_failure: onFailure,
  };
}

function partOf(value: unknown): Part | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { task_id: id, dependencies } = value as Record<string, unknown>;
  if (!isNumber(id)) return undefined;
  // what is no number is no task of the list, and told so
  const wanted: readonly unknown[] = [dependencies ?? []].flat();
  return { id, dependencies: wanted.map((one) => (isNumber(one) ? one : Number.NaN)) };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Nodes are named by the numbers of their tasks: names of tasks may be the same, and change. */
function nodeOf({ id, dependencies }: Part): WorkflowNode {
  return { node: nameOf(id), jobId: id, dependsOn: dependencies.map(nameOf), condition: 'success' };
}

function nameOf(id: number): string {
  return `task-${id}`;
}

/** A list as the platform prints it. */
export function listOf(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}

function shown(value: unknown): string {
  return String(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80);
}
