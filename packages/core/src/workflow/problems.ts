import { AppError } from '../error/appError.ts';

/** Something in a workflow that keeps it from running, with the nodes that it concerns. */
export interface WorkflowProblem {
  readonly code: WorkflowProblemCode;
  readonly nodes: readonly string[];
  readonly en: string;
  readonly zh: string;
}

export type WorkflowProblemCode = keyof typeof PROBLEMS;

/** Texts with `{node}` and `{what}`: an id, a key, or a path, by the kind of the problem. */
const PROBLEMS = {
  empty: {
    en: 'The workflow has no nodes.',
    zh: '工作流没有任何节点。',
  },
  duplicate_node: {
    en: 'There is more than one node "{node}".',
    zh: '节点“{node}”重复。',
  },
  unknown_job: {
    en: 'Node "{node}" names job {what}, which is not there.',
    zh: '节点“{node}”引用的任务 {what} 不存在。',
  },
  disabled_job: {
    en: 'Node "{node}" names job "{what}", which is disabled.',
    zh: '节点“{node}”引用的任务“{what}”已停用。',
  },
  unknown_dependency: {
    en: 'Node "{node}" waits for "{what}", which is no node of the workflow.',
    zh: '节点“{node}”依赖的“{what}”不是本工作流的节点。',
  },
  self_dependency: {
    en: 'Node "{node}" waits for itself.',
    zh: '节点“{node}”依赖自身。',
  },
  cycle: {
    en: 'Nodes wait for each other: {what}.',
    zh: '节点循环依赖：{what}。',
  },
  recursion: {
    en: 'Through node "{node}" a workflow would run itself: {what}.',
    zh: '经由节点“{node}”，工作流会运行自身：{what}。',
  },
  shared_group: {
    en: 'Node "{node}" would wait for its own workflow, as both are in the concurrency group "{what}".',
    zh: '节点“{node}”与其工作流同属并发组“{what}”，会等待自身所在的工作流。',
  },
} as const;

/**
 * A problem with its texts filled in.
 * @example workflowProblem('self_dependency', ['bars'])
 */
export function workflowProblem(
  code: WorkflowProblemCode,
  nodes: readonly string[],
  what = '',
): WorkflowProblem {
  const fill = (text: string): string =>
    text.replaceAll(/\{(node|what)\}/g, (_, blank: string) => (blank === 'node' ? (nodes[0] ?? '') : what));
  return { code, nodes, en: fill(PROBLEMS[code].en), zh: fill(PROBLEMS[code].zh) };
}

/**
 * The problems of a workflow as the error that is raised for them.
 * @example throw workflowInvalid(checkWorkflow(params, { jobs }))
 */
export function workflowInvalid(problems: readonly WorkflowProblem[]): AppError {
  return new AppError('workflow_invalid', {
    problems: problems.map(({ en }) => en).join(' '),
    problemsZh: problems.map(({ zh }) => zh).join(''),
  });
}
