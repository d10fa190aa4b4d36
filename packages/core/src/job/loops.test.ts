import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES, type JobDefinition } from './definition.ts';
import { linksOf, loopThrough, referencesOf, type JobLink } from './loops.ts';
import { scheduleOf } from '../trigger/trigger.ts';

const link = (id: number, after: number | null, nodes: readonly number[] = []): JobLink => ({
  id,
  key: `j${id}`,
  after,
  nodes,
});

describe('a loop of jobs', () => {
  it.each([
    ['a job after itself', [link(1, 1)], ['j1', 'j1']],
    ['two that follow each other', [link(1, 2), link(2, 1)], ['j1', 'j2', 'j1']],
    ['a workflow over itself', [link(1, null, [1])], ['j1', 'j1']],
    [
      'a workflow that follows its own node',
      [link(1, 2, [2, 3]), link(2, null), link(3, null)],
      ['j1', 'j2', 'j1'],
    ],
    [
      'workflows over each other',
      [link(1, null, [2]), link(2, null, [3]), link(3, null, [1])],
      ['j1', 'j2', 'j3', 'j1'],
    ],
  ])('is found: %s', (_, links, path) => {
    expect(loopThrough(1, links)).toEqual(path);
  });

  it('is none where jobs only lead away', () => {
    expect(loopThrough(1, [link(1, null, [2, 3]), link(2, null), link(3, 2), link(4, 1)])).toBeUndefined();
    expect(loopThrough(1, [link(1, null), link(2, 3), link(3, 2)])).toBeUndefined();
  });

  it('is found exactly where walking every way comes back', () => {
    const ids = [1, 2, 3, 4, 5];
    const links = fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          key: fc.constant(`j${id}`),
          after: fc.option(fc.constantFrom(...ids), { nil: null }),
          nodes: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }),
        }),
      ),
    );
    fc.assert(
      fc.property(links, (all) => {
        const path = loopThrough(1, all);
        expect(path !== undefined).toBe(comesBack(all, 1, new Set()));
        for (const [at, key] of (path ?? []).slice(0, -1).entries()) {
          expect(nextOf(all, Number(key.slice(1))).map((id) => `j${id}`)).toContain(path?.[at + 1]);
        }
      }),
    );
  });
});

function nextOf(links: readonly JobLink[], id: number): readonly number[] {
  return [
    ...links.filter((one) => one.after === id).map((one) => one.id),
    ...links.filter((one) => one.id === id).flatMap((one) => one.nodes),
  ];
}

function comesBack(links: readonly JobLink[], at: number, seen: Set<number>): boolean {
  return nextOf(links, at).some((next) => {
    if (next === 1) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return comesBack(links, next, seen);
  });
}

it('a definition names what it refers to', () => {
  const definition: JobDefinition = {
    type: 'workflow',
    params: {
      mode: 'serial',
      onFailure: 'stop',
      mostAtATime: 1,
      nodes: [7, 8, 7].map((jobId, at) => ({
        node: `n${at}`,
        jobId,
        dependsOn: [],
        condition: 'success',
      })),
    },
    name: 'w',
    description: '',
    tags: [],
    schedule: scheduleOf({ kind: 'after', jobId: 8 }),
    policies: DEFAULT_POLICIES,
  };
  expect(referencesOf(definition)).toEqual([8, 7]);
  expect(linksOf({ ...definition, schedule: scheduleOf({ kind: 'manual' }) }).after).toBeNull();
});
