import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphs, reachable } from '../../test/workflows.ts';
import { findCycles, topologicalOrder } from './graph.ts';
import type { WorkflowNode } from './workflow.ts';

const broken = graphs({ broken: true });

/** Whether a node waits for another one, over however many others; waiting for itself does not count. */
function waitsFor(nodes: readonly WorkflowNode[]): (node: string, other: string) => boolean {
  const edges = new Map(nodes.map(({ node, dependsOn }) => [node, dependsOn]));
  return reachable(
    nodes.map(({ node }) => node),
    (from, to) => from !== to && (edges.get(from)?.includes(to) ?? false),
  );
}

describe('the order of nodes', () => {
  test('has every node behind all that it waits for', () => {
    fc.assert(
      fc.property(graphs({ broken: false }), (nodes) => {
        const order = topologicalOrder(nodes);
        expect(order.map(({ node }) => node).toSorted()).toEqual(nodes.map(({ node }) => node).toSorted());
        for (const [at, { dependsOn }] of order.entries()) {
          const before = order.slice(0, at).map(({ node }) => node);
          expect(before).toEqual(expect.arrayContaining([...dependsOn]));
        }
      }),
    );
  });

  test('leaves nodes as they were declared where they do not wait for each other', () => {
    fc.assert(
      fc.property(graphs({ broken: false }), (nodes) => {
        const order = topologicalOrder(nodes);
        for (const [at, next] of order.entries()) {
          const last = order[at - 1];
          if (last === undefined || next.dependsOn.includes(last.node)) continue;
          expect(nodes.indexOf(last)).toBeLessThan(nodes.indexOf(next));
        }
      }),
    );
  });

  test('leaves out just the nodes whose turn can never come', () => {
    fc.assert(
      fc.property(broken, (nodes) => {
        const names = nodes.map(({ node }) => node);
        const reaches = waitsFor(nodes);
        const stuck = nodes.filter(
          ({ node, dependsOn }) =>
            dependsOn.includes(node) ||
            reaches(node, node) ||
            dependsOn.some((name) => !names.includes(name)),
        );
        const never = names.filter((name) => stuck.some(({ node }) => node === name || reaches(name, node)));
        const placed = topologicalOrder(nodes).map(({ node }) => node);
        expect(names.filter((name) => !placed.includes(name))).toEqual(never);
      }),
      { numRuns: 500 },
    );
  });
});

describe('cycles', () => {
  test('are told where nodes wait for each other, and nowhere else', () => {
    fc.assert(
      fc.property(broken, (nodes) => {
        const reaches = waitsFor(nodes);
        const onCycles = nodes.filter(({ node }) => reaches(node, node));
        expect(findCycles(nodes).length > 0).toBe(onCycles.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('are told as paths along true dependencies, no node twice', () => {
    fc.assert(
      fc.property(broken, (nodes) => {
        const cycles = findCycles(nodes);
        const edges = new Map(nodes.map(({ node, dependsOn }) => [node, dependsOn]));
        for (const path of cycles) {
          expect(path.length).toBeGreaterThan(2);
          expect(path.at(-1)).toBe(path[0]);
          for (const [at, node] of path.slice(1).entries()) expect(edges.get(path[at]!)).toContain(node);
        }
        const told = cycles.flatMap((path) => path.slice(1));
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 1000 },
    );
  });
});
