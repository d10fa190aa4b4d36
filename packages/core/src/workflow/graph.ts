import type { WorkflowNode } from './workflow.ts';

type GraphNode = Pick<WorkflowNode, 'node' | 'dependsOn'>;

/**
 * The nodes so that each stands after those that it waits for; of several that could be next, the one
 * declared first. Nodes that can never be next are left out: those on a cycle or behind one, and those
 * that wait for a node that is not there.
 * @example topologicalOrder([{ node: 'b', dependsOn: ['a'] }, { node: 'a', dependsOn: [] }]) // a, b
 */
export function topologicalOrder<Node extends GraphNode>(nodes: readonly Node[]): readonly Node[] {
  const placed = new Set<string>();
  const order: Node[] = [];
  for (;;) {
    const next = nodes.find(
      ({ node, dependsOn }) => !placed.has(node) && dependsOn.every((name) => placed.has(name)),
    );
    if (next === undefined) return order;
    placed.add(next.node);
    order.push(next);
  }
}

/**
 * Cycles of nodes that wait for each other, each as the names along it with the first one again at the
 * end. No two of them share a node, so that one mistake is told once; where there is a cycle, one is told.
 * A node that waits for itself is none.
 * @example findCycles([{ node: 'a', dependsOn: ['b'] }, { node: 'b', dependsOn: ['a'] }]) // [['a', 'b', 'a']]
 */
export function findCycles(nodes: readonly GraphNode[]): readonly (readonly string[])[] {
  const dependenciesOf = new Map(nodes.map(({ node, dependsOn }) => [node, dependsOn]));
  const done = new Set<string>();
  const told = new Set<string>();
  const cycles: string[][] = [];
  const path: string[] = [];

  const walk = (node: string): void => {
    path.push(node);
    for (const name of dependenciesOf.get(node) ?? []) {
      if (name === node || done.has(name)) continue;
      const at = path.indexOf(name);
      if (at === -1) walk(name);
      else tell(path.slice(at));
    }
    path.pop();
    done.add(node);
  };
  const tell = (cycle: readonly string[]): void => {
    if (cycle.some((name) => told.has(name))) return;
    for (const name of cycle) told.add(name);
    cycles.push([...cycle, ...cycle.slice(0, 1)]);
  };

  for (const { node } of nodes) if (!done.has(node)) walk(node);
  return cycles;
}
