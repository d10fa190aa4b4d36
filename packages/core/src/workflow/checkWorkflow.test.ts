import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reachable, workflows } from '../../test/workflows.ts';
import { errorText } from '../error/appError.ts';
import { advance } from './advance.ts';
import { checkWorkflow, type WorkflowFacts, type WorkflowJob } from './checkWorkflow.ts';
import { workflowInvalid } from './problems.ts';
import type { WorkflowNode, WorkflowParams } from './workflow.ts';

const SELF = 100;

const job = (rest: Partial<WorkflowJob> = {}): WorkflowJob => ({
  key: 'bars',
  state: 'enabled',
  type: 'example',
  params: { durationSeconds: 1, successRate: 1, steps: 1 },
  ...rest,
});

const node = (name: string, jobId = 1, dependsOn: readonly string[] = []): WorkflowNode => ({
  node: name,
  jobId,
  dependsOn,
  condition: 'success',
});

const workflow = (...nodes: readonly WorkflowNode[]): WorkflowParams => ({
  mode: 'parallel',
  nodes,
  onFailure: 'stop',
  mostAtATime: 4,
});

const facts = (
  jobs: Readonly<Record<number, WorkflowJob>>,
  rest: Omit<WorkflowFacts, 'jobs'> = {},
): WorkflowFacts => ({
  ...rest,
  jobs: new Map(Object.entries(jobs).map(([id, one]) => [Number(id), one])),
});

const told = (params: WorkflowParams, known: WorkflowFacts) =>
  checkWorkflow(params, known).map(({ code, nodes, en }) => [code, nodes, en]);

describe('a workflow is checked', () => {
  test('and a sound one has no problem', () => {
    expect(told(workflow(node('a'), node('b', 1, ['a'])), facts({ 1: job() }))).toEqual([]);
  });

  test('for nodes at all', () => {
    expect(told(workflow(), facts({}))).toEqual([['empty', [], 'The workflow has no nodes.']]);
  });

  test('for names that are there more than once', () => {
    expect(told(workflow(node('a'), node('a'), node('a')), facts({ 1: job() }))).toEqual([
      ['duplicate_node', ['a'], 'There is more than one node "a".'],
    ]);
  });

  test('for jobs that are not there or disabled; a paused one runs where it is asked to', () => {
    const jobs = { 1: job({ state: 'disabled' }), 2: job({ state: 'paused' }) };
    expect(told(workflow(node('a', 1), node('b', 2), node('c', 3)), facts(jobs))).toEqual([
      ['disabled_job', ['a'], 'Node "a" names job "bars", which is disabled.'],
      ['unknown_job', ['c'], 'Node "c" names job 3, which is not there.'],
    ]);
  });

  test('for nodes that wait for themselves, or for what is no node', () => {
    expect(told(workflow(node('a', 1, ['a', 'x', 'x'])), facts({ 1: job() }))).toEqual([
      ['self_dependency', ['a'], 'Node "a" waits for itself.'],
      ['unknown_dependency', ['a'], 'Node "a" waits for "x", which is no node of the workflow.'],
    ]);
  });

  test('for nodes that wait for each other, with the way round', () => {
    const params = workflow(node('a', 1, ['c']), node('b', 1, ['a']), node('c', 1, ['b']), node('d'));
    expect(told(params, facts({ 1: job() }))).toEqual([
      ['cycle', ['a', 'c', 'b'], 'Nodes wait for each other: a -> c -> b -> a.'],
    ]);
  });

  test('for running itself, at once or through another workflow', () => {
    const own = workflow(node('again', SELF), node('inner', 2));
    const jobs = {
      [SELF]: job({ key: 'nightly', type: 'workflow', params: own }),
      2: job({ key: 'weekly', type: 'workflow', params: workflow(node('x', SELF)) }),
    };
    expect(told(own, facts(jobs, { selfId: SELF }))).toEqual([
      ['recursion', ['again'], 'Through node "again" a workflow would run itself: nightly -> nightly.'],
      [
        'recursion',
        ['inner'],
        'Through node "inner" a workflow would run itself: nightly -> weekly -> nightly.',
      ],
    ]);
  });

  test('for nodes that would wait for the group of their own workflow', () => {
    const inner = job({ key: 'inner', type: 'workflow', params: workflow(node('x', 1)) });
    const jobs = { 1: job({ group: 'tushare' }), 2: inner };
    const params = workflow(node('a', 2));
    expect(told(params, facts(jobs, { group: 'other' }))).toEqual([]);
    expect(told(params, facts(jobs, { group: 'tushare' }))).toEqual([
      [
        'shared_group',
        ['a'],
        'Node "a" would wait for its own workflow, as both are in the concurrency group "tushare".',
      ],
    ]);
  });

  test('and all problems are told in one error, in both languages', () => {
    const params = workflow(node('a', 9, ['a']));
    const error = workflowInvalid(checkWorkflow(params, facts({})));
    expect(error.message).toBe(
      'The workflow cannot run as it is. Node "a" names job 9, which is not there. Node "a" waits for itself.',
    );
    expect(errorText(error.code, error.details, 'zh')).toBe(
      '工作流无法运行。节点“a”引用的任务 9 不存在。节点“a”依赖自身。',
    );
  });
});

describe('of random workflows', () => {
  const allJobs = facts(Object.fromEntries(Array.from({ length: 20 }, (_, id) => [id, job()])));

  test('just those are sound of which every node has its turn when all goes well', () => {
    fc.assert(
      fc.property(workflows({ broken: true }), (params) => {
        const started = new Set<string>();
        for (let turn = 0; turn <= params.nodes.length; turn++) {
          const { start } = advance(params, new Map([...started].map((name) => [name, 'success'] as const)));
          for (const name of start) started.add(name);
        }
        const isSound = checkWorkflow(params, allJobs).length === 0;
        expect(isSound).toBe(started.size === params.nodes.length);
      }),
      { numRuns: 1000 },
    );
  });

  const IDS = [0, 1, 2, 3, 4];
  /** Which of five workflows has which as its nodes. */
  const nestings = fc.array(fc.subarray(IDS), { minLength: IDS.length, maxLength: IDS.length });
  const nodesOf = (ids: readonly number[]): WorkflowParams =>
    workflow(...ids.map((id) => node(`of_${id}`, id)));
  const groups = fc.array(fc.constantFrom('g', 'h', null, null), {
    minLength: IDS.length,
    maxLength: IDS.length,
  });

  const nested = (drawn: readonly (readonly number[])[], groupOf: readonly (string | null)[]) => {
    const jobs = IDS.map((id) =>
      job({ key: `w${id}`, type: 'workflow', params: nodesOf(drawn[id]!), group: groupOf[id] ?? null }),
    );
    const problems = checkWorkflow(nodesOf(drawn[0]!), {
      selfId: 0,
      group: groupOf[0],
      jobs: new Map(jobs.entries()),
    });
    return {
      codes: problems.map(({ code }) => code),
      runs: reachable(IDS, (id, other) => drawn[id]!.includes(other)),
    };
  };

  test('just those recur that have a workflow below them which has itself below it', () => {
    fc.assert(
      fc.property(nestings, (drawn) => {
        const { codes, runs } = nested(drawn, []);
        const recurs = IDS.some((id) => (id === 0 || runs(0, id)) && runs(id, id));
        expect(codes.includes('recursion')).toBe(recurs);
      }),
      { numRuns: 1000 },
    );
  });

  test('just those would wait for themselves that have a job below another one of its group', () => {
    fc.assert(
      fc.property(nestings, groups, (drawn, groupOf) => {
        // a workflow has only later ones below it, so that none runs itself
        const downwards = drawn.map((ids, id) => ids.filter((other) => other > id));
        const { codes, runs } = nested(downwards, groupOf);
        const waits = IDS.some(
          (above) =>
            (above === 0 || runs(0, above)) &&
            groupOf[above] !== null &&
            IDS.some((below) => runs(above, below) && groupOf[below] === groupOf[above]),
        );
        expect(codes.includes('shared_group')).toBe(waits);
      }),
      { numRuns: 1000 },
    );
  });
});
