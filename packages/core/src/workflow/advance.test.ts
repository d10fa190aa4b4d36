import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawNumbers, outcomes, workflows } from '../../test/workflows.ts';
import type { RunState } from '../run/states.ts';
import { advance, type NodeState, type WorkflowEnd } from './advance.ts';
import { topologicalOrder } from './graph.ts';
import type { WorkflowNode, WorkflowParams } from './workflow.ts';

const node = (name: string, dependsOn: readonly string[] = [], rest: Partial<WorkflowNode> = {}) => ({
  node: name,
  jobId: 1,
  dependsOn,
  condition: 'success' as const,
  ...rest,
});

const workflow = (nodes: readonly WorkflowNode[], rest: Partial<WorkflowParams> = {}): WorkflowParams => ({
  mode: 'parallel',
  nodes,
  onFailure: 'stop',
  mostAtATime: 4,
  ...rest,
});

const states = (given: Readonly<Record<string, NodeState>>) => new Map(Object.entries(given));

const NOTHING = { start: [], skip: [], end: null };

describe('a step of a workflow', () => {
  const diamond = [node('a'), node('b', ['a']), node('c', ['a']), node('d', ['b', 'c'])];

  test('starts what waits for nothing', () => {
    expect(advance(workflow(diamond), new Map())).toEqual({ ...NOTHING, start: ['a'] });
  });

  test('starts each node when its own dependencies have ended, whatever else still runs', () => {
    const nodes = [node('a'), node('slow'), node('b', ['a'])];
    const seen = states({ a: 'success', slow: 'running' });
    expect(advance(workflow(nodes), seen)).toEqual({ ...NOTHING, start: ['b'] });
  });

  test('starts no more than are allowed at a time, those that wait for their turn counted', () => {
    const nodes = [node('a'), node('b'), node('c')];
    expect(advance(workflow(nodes, { mostAtATime: 2 }), new Map()).start).toEqual(['a', 'b']);
    expect(advance(workflow(nodes, { mostAtATime: 2 }), states({ a: 'pending', b: 'paused' }))).toEqual(
      NOTHING,
    );
  });

  test('starts one node after the other where the mode is serial', () => {
    const serial = workflow(diamond, { mode: 'serial' });
    expect(advance(serial, states({ a: 'success' })).start).toEqual(['b']);
    expect(advance(serial, states({ a: 'success', b: 'running' }))).toEqual(NOTHING);
    expect(advance(serial, states({ a: 'success', b: 'success' })).start).toEqual(['c']);
  });

  test('starts nothing new after a failure where it is to stop, and lets what runs go on', () => {
    const seen = states({ a: 'success', b: 'failed', c: 'running' });
    expect(advance(workflow(diamond), seen)).toEqual({
      ...NOTHING,
      skip: [{ node: 'd', reason: 'workflow_stopped' }],
    });
    const skipped = states({ a: 'success', b: 'failed', c: 'running', d: 'skipped' });
    expect(advance(workflow(diamond), skipped)).toEqual(NOTHING);
  });

  test('goes on with what the dependencies allow where it is to continue', () => {
    const nodes = [
      node('a'),
      node('b', ['a']),
      node('c', ['b']),
      node('report', ['c'], { condition: 'done' }),
    ];
    const step = advance(workflow(nodes, { onFailure: 'continue' }), states({ a: 'cancelled' }));
    expect(step.skip).toEqual([
      { node: 'b', reason: 'dependency_failed' },
      { node: 'c', reason: 'dependency_failed' },
    ]);
    expect(step.start).toEqual(['report']);
  });

  test('takes an end with errors for a good end', () => {
    expect(advance(workflow(diamond), states({ a: 'success_with_errors' })).start).toEqual(['b', 'c']);
  });

  test.each<readonly [readonly RunState[], 'stop' | 'continue', WorkflowEnd]>([
    [['success', 'success'], 'stop', 'success'],
    [['success', 'success_with_errors'], 'stop', 'success_with_errors'],
    [['success', 'success_with_errors'], 'continue', 'success_with_errors'],
    [['success', 'failed'], 'stop', 'failed'],
    [['success', 'failed'], 'continue', 'success_with_errors'],
    [['success', 'cancelled'], 'continue', 'success_with_errors'],
    [['failed', 'skipped'], 'continue', 'failed'],
    [['cancelled', 'skipped'], 'stop', 'failed'],
  ])('ends after %j under %s as %s', (ends, onFailure, end) => {
    const nodes = [node('a'), node('b')];
    const seen = states({ a: ends[0]!, b: ends[1]! });
    expect(advance(workflow(nodes, { onFailure }), seen)).toEqual({ ...NOTHING, end });
  });
});

/** More than any of the workflows needs. */
const TURNS = 30;

interface Course {
  readonly params: WorkflowParams;
  readonly ends: ReadonlyMap<string, RunState>;
  readonly started: readonly string[];
  readonly end: WorkflowEnd;
}

/**
 * Carries out step after step as a database would, ending one open node at a time, whichever the numbers
 * pick, and says of each step what must hold of it.
 */
function runThrough(
  params: WorkflowParams,
  outcomeOf: (node: string) => RunState,
  numbers: readonly number[],
): Course {
  const seen = new Map<string, RunState>();
  const started: string[] = [];
  const running: string[] = [];
  const most = params.mode === 'serial' ? 1 : params.mostAtATime;
  for (let turn = 0; turn < TURNS; turn++) {
    const step = advance(params, seen);
    for (const { node: name } of step.skip) {
      expect(seen.has(name)).toBe(false);
      seen.set(name, 'skipped');
    }
    for (const name of step.start) {
      expectMayStart(params, name, seen, running);
      seen.set(name, 'running');
      started.push(name);
      running.push(name);
    }
    expect(running.length).toBeLessThanOrEqual(most);
    if (step.end !== null) {
      expect(running).toEqual([]);
      expect(seen.size).toBe(params.nodes.length);
      return { params, ends: seen, started, end: step.end };
    }
    expectNobodyWaitsInVain(params, seen, running, most);
    const [ended] = running.splice((numbers[turn] ?? 0) % Math.max(1, running.length), 1);
    if (ended !== undefined) seen.set(ended, outcomeOf(ended));
  }
  throw new Error('the workflow does not come to its end');
}

const isGood = (state: RunState | undefined): boolean =>
  state === 'success' || state === 'success_with_errors';

function expectMayStart(
  params: WorkflowParams,
  name: string,
  seen: ReadonlyMap<string, RunState>,
  running: readonly string[],
): void {
  expect(seen.has(name)).toBe(false);
  const { dependsOn, condition } = params.nodes.find((one) => one.node === name)!;
  for (const dependency of dependsOn) {
    expect(seen.has(dependency) && !running.includes(dependency)).toBe(true);
    if (condition === 'success') expect(isGood(seen.get(dependency))).toBe(true);
  }
}

/** What could run does, unless there is no room or a failure has stopped the whole. */
function expectNobodyWaitsInVain(
  { nodes, onFailure }: WorkflowParams,
  seen: ReadonlyMap<string, RunState>,
  running: readonly string[],
  most: number,
): void {
  const hasEnded = (name: string): boolean => seen.has(name) && !running.includes(name);
  const failed = nodes.some((one) => hasEnded(one.node) && !isGood(seen.get(one.node)));
  if (running.length >= most || (failed && onFailure === 'stop')) return;
  const able = nodes.filter(
    ({ node: name, dependsOn, condition }) =>
      !seen.has(name) &&
      dependsOn.every((other) => hasEnded(other) && (condition === 'done' || isGood(seen.get(other)))),
  );
  expect(able).toEqual([]);
}

describe('a workflow from its beginning to its end', () => {
  const courses = fc
    .tuple(workflows({ broken: false }), outcomes, drawNumbers(TURNS))
    .map(([params, outcomeOf, numbers]) => ({ outcomeOf, ...runThrough(params, outcomeOf, numbers) }));

  test('under continue, every node ends as its dependencies alone say, in whatever order they end', () => {
    fc.assert(
      fc.property(
        courses.filter(({ params }) => params.onFailure === 'continue'),
        ({ params, outcomeOf, ends }) => {
          const endOf = (name: string): RunState => {
            const { dependsOn, condition } = params.nodes.find((one) => one.node === name)!;
            const allowed = condition === 'done' || dependsOn.every((other) => isGood(endOf(other)));
            return allowed ? outcomeOf(name) : 'skipped';
          };
          for (const { node: name } of params.nodes) expect(ends.get(name)).toBe(endOf(name));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('under stop, what was started ends as it would, and the rest is passed over after a failure', () => {
    fc.assert(
      fc.property(
        courses.filter(({ params }) => params.onFailure === 'stop'),
        ({ params, outcomeOf, ends, started }) => {
          const anyBad = started.some((name) => !isGood(outcomeOf(name)));
          for (const { node: name } of params.nodes) {
            expect(ends.get(name)).toBe(started.includes(name) ? outcomeOf(name) : 'skipped');
          }
          if (!anyBad) expect(started.length).toBe(params.nodes.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is green when all its nodes are, and never otherwise', () => {
    fc.assert(
      fc.property(courses, ({ params, ends, end }) => {
        const all = [...ends.values()];
        const bad = all.filter((state) => !isGood(state)).length;
        expect(end === 'success').toBe(all.every((state) => state === 'success'));
        const failed = bad > 0 && (params.onFailure === 'stop' || bad === all.length);
        expect(end === 'failed').toBe(failed);
      }),
      { numRuns: 500 },
    );
  });

  test('starts serial nodes in their order', () => {
    fc.assert(
      fc.property(
        courses.filter(({ params }) => params.mode === 'serial'),
        ({ params, started }) => {
          const order = topologicalOrder(params.nodes).map((one) => one.node);
          expect(started).toEqual(order.filter((name) => started.includes(name)));
        },
      ),
    );
  });

  test('comes to an end even where nodes wait for each other or for nobody', () => {
    fc.assert(
      fc.property(workflows({ broken: true }), outcomes, drawNumbers(TURNS), (params, outcomeOf, numbers) => {
        const { ends } = runThrough(params, outcomeOf, numbers);
        expect(ends.size).toBe(params.nodes.length);
      }),
      { numRuns: 500 },
    );
  });
});
