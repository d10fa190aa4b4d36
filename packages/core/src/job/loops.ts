import type { JobDefinition } from './definition.ts';

/** What the runs of one job call for. */
export interface JobLink {
  readonly id: number;
  readonly key: string;
  /** The job whose good ends make it run; null where its trigger is another one. */
  readonly after: number | null;
  /** The jobs that it runs as a workflow. */
  readonly nodes: readonly number[];
}

/**
 * The jobs that a definition refers to: the one that it follows, and its nodes.
 * @example referencesOf(definition) // [1, 2]
 */
export function referencesOf(definition: JobDefinition): readonly number[] {
  const { after, nodes } = linksOf(definition);
  return [...new Set(after === null ? nodes : [after, ...nodes])];
}

/** @example linksOf(definition) // { after: null, nodes: [1, 2] } */
export function linksOf({ type, params, schedule }: JobDefinition): Pick<JobLink, 'after' | 'nodes'> {
  const { trigger } = schedule;
  return {
    after: trigger.kind === 'after' ? trigger.jobId : null,
    nodes: type === 'workflow' ? params.nodes.map((node) => node.jobId) : [],
  };
}

/**
 * A way from a job back to itself: a run of each makes the next one run, by following it or by being a
 * node of it, so that they would never come to rest. Keys in order, the first one again at the end;
 * undefined where there is none.
 * @example loopThrough(1, [{ id: 1, key: 'a', after: 1, nodes: [] }]) // ['a', 'a']
 */
export function loopThrough(id: number, links: readonly JobLink[]): readonly string[] | undefined {
  const byId = new Map(links.map((link) => [link.id, link]));
  const followers = Map.groupBy(links, (link) => link.after);
  const cameFrom = new Map<number, number>();
  const reached = [id];
  for (const at of reached) {
    const next = [
      ...(byId.get(at)?.nodes ?? []),
      ...(followers.get(at) ?? []).map((follower) => follower.id),
    ];
    for (const to of next) {
      if (to === id) return wayBack(id, at, cameFrom).map((one) => byId.get(one)?.key ?? String(one));
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, at);
      reached.push(to);
    }
  }
  return undefined;
}

function wayBack(id: number, last: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const way = [id];
  for (let at = last; at !== id; at = cameFrom.get(at) ?? id) way.unshift(at);
  return [id, ...way];
}
