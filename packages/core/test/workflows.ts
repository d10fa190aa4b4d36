/** Random workflows for property tests, and what is true of them, found out the slow way. */
import fc from 'fast-check';
import type { RunState, WorkflowNode, WorkflowParams } from '../src/index.ts';

const MOST_NODES = 9;

const nameOf = (at: number): string => `n${at}`;

interface GraphOptions {
  /** Whether nodes may wait for each other in circles, for themselves, and for nodes that are not there. */
  readonly broken: boolean;
  readonly mostNodes?: number;
}

/** Nodes in an order of declaration that says nothing of the order in which they may start. */
export function graphs({ broken, mostNodes = MOST_NODES }: GraphOptions): fc.Arbitrary<WorkflowNode[]> {
  return fc
    .integer({ min: 1, max: mostNodes })
    .chain((count) => fc.tuple(drawnNodes(count, broken), drawNumbers(count)))
    .map(([nodes, ranks]) =>
      nodes
        .map((node, at) => ({ node, rank: ranks[at] ?? 0 }))
        .toSorted((one, other) => one.rank - other.rank)
        .map(({ node }) => node),
    );
}

function drawnNodes(count: number, broken: boolean): fc.Arbitrary<WorkflowNode[]> {
  const nodes = Array.from({ length: count }, (_, at) => {
    const others = Array.from({ length: broken ? count + 1 : at }, (__, other) => nameOf(other));
    return fc.record({
      node: fc.constant(nameOf(at)),
      jobId: fc.constant(at + 1),
      dependsOn: fc.subarray(others, { maxLength: broken ? 2 : others.length }),
      condition: fc.constantFrom('success' as const, 'done' as const),
    });
  });
  return fc.tuple(...nodes);
}

/** So many numbers to choose by. */
export function drawNumbers(count: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(), { minLength: count, maxLength: count });
}

export function workflows(options: GraphOptions): fc.Arbitrary<WorkflowParams> {
  return fc.record({
    mode: fc.constantFrom('serial' as const, 'parallel' as const),
    nodes: graphs(options),
    onFailure: fc.constantFrom('stop' as const, 'continue' as const),
    mostAtATime: fc.integer({ min: 1, max: 4 }),
  });
}

/** How the run of each node would end, were it started; good ends are as frequent as others. */
export const outcomes: fc.Arbitrary<(node: string) => RunState> = fc
  .array(fc.constantFrom<RunState>('success', 'success', 'success_with_errors', 'failed', 'cancelled'), {
    minLength: MOST_NODES,
    maxLength: MOST_NODES,
  })
  .map((drawn) => (node) => drawn[Number(node.slice(1)) % drawn.length] ?? 'success');

/** Everything that can be reached from each name along the edges, by trying every name as a stop on the way. */
export function reachable<Name>(
  names: readonly Name[],
  edge: (from: Name, to: Name) => boolean,
): (from: Name, to: Name) => boolean {
  const reach = names.map((from) => names.map((to) => edge(from, to)));
  for (const [stop] of names.entries()) {
    for (const [from] of names.entries()) {
      for (const [to] of names.entries()) {
        if (reach[from]![stop] && reach[stop]![to]) reach[from]![to] = true;
      }
    }
  }
  return (from, to) => reach[names.indexOf(from)]?.[names.indexOf(to)] ?? false;
}
