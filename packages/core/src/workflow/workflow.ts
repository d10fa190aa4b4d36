/** A workflow's graph of jobs, as jobs keep it. */
export interface WorkflowParams {
  /** One node at a time in topological order, or each as soon as its own dependencies are met. */
  readonly mode: 'serial' | 'parallel';
  readonly nodes: readonly WorkflowNode[];
  /** `stop` starts nothing new after a failure; `continue` goes on with what the dependencies allow. */
  readonly onFailure: 'stop' | 'continue';
  /** Nodes at a time in parallel mode. */
  readonly mostAtATime: number;
}

export interface WorkflowNode {
  /** Name of the node, unique in the workflow. */
  readonly node: string;
  readonly jobId: number;
  /** Nodes that it waits for. */
  readonly dependsOn: readonly string[];
  /** `success`: all dependencies ended well; `done`: they have ended, however. */
  readonly condition: 'success' | 'done';
}

export const DEFAULT_MOST_AT_A_TIME = 4;
