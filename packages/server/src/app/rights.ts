import type { Capability, DatasetId, Instant, SourceId } from '@tapekeeper/core';
import type { HostFacts, HostStore, SourceRight } from '../ports/sourceStore.ts';
import type { AppDeps } from './deps.ts';

/** A right is assumed until a source has refused it; `init`, or a day, takes the refusal back. */
export function hasRight(rights: readonly SourceRight[], source: SourceId, api: string): boolean {
  return !rights.some((right) => right.source === source && right.api === api && !right.allowed);
}

/** One interface of a source: whether it may be called, and how often. */
export interface InterfaceRight {
  readonly source: SourceId;
  readonly api: string;
  readonly host: string;
  /** Data sets that are read through it. */
  readonly datasets: readonly DatasetId[];
  readonly right: 'allowed' | 'unknown' | 'refused';
  /** Words of the refusal. */
  readonly detail: string | null;
  readonly checkedAt: Instant | null;
  /** The lowest ceilings that count its calls, learned ones among them; null where none is known. */
  readonly perMinute: number | null;
  readonly perHour: number | null;
  readonly perDay: number | null;
}

export type MatrixDeps = Pick<AppDeps, 'sources'> & {
  readonly store: Pick<AppDeps['store'], 'rights'> & HostStore;
};

/** The matrix of sources and interfaces. What has been answered at least once counts as allowed. */
export async function interfaceRights(deps: MatrixDeps): Promise<readonly InterfaceRight[]> {
  const interfaces = [...deps.sources.values()].flatMap((source) =>
    [...Map.groupBy(source.capabilities, ({ api }) => api)].map(([api, capabilities]) => ({
      source: source.id,
      api,
      host: capabilities[0]?.host ?? source.hosts[0] ?? source.id,
      capabilities,
    })),
  );
  const hosts = [...new Set(interfaces.map(({ host }) => host))];
  const [rights, ...facts] = await Promise.all([
    deps.store.rights(),
    ...hosts.map((host) => deps.store.hostFacts(host)),
  ]);
  const factsOf = new Map(facts.map((one) => [one.host, one]));
  return interfaces.map(({ source, api, host, capabilities }) => {
    const known = rights.find((right) => right.source === source && right.api === api);
    const ofHost = factsOf.get(host);
    return {
      source,
      api,
      host,
      datasets: datasetsOf(capabilities),
      right: rightOf(known, ofHost, api),
      detail: known?.allowed === false ? known.detail : null,
      checkedAt: known?.checkedAt ?? null,
      perMinute: lowestCeiling(ofHost, api, 60),
      perHour: lowestCeiling(ofHost, api, 3600),
      perDay: lowestCeiling(ofHost, api, 86_400),
    };
  });
}

function datasetsOf(capabilities: readonly Capability[]): readonly DatasetId[] {
  return [...new Set(capabilities.map(({ dataset }) => dataset as DatasetId))];
}

function rightOf(
  known: SourceRight | undefined,
  facts: HostFacts | undefined,
  api: string,
): InterfaceRight['right'] {
  if (known !== undefined) return known.allowed ? 'allowed' : 'refused';
  return facts?.latencies.some((one) => one.api === api) ? 'allowed' : 'unknown';
}

function lowestCeiling(facts: HostFacts | undefined, api: string, windowSeconds: number): number | null {
  const capacities = (facts?.budgets ?? [])
    .filter((budget) => budget.windowSeconds === windowSeconds && ['*', api].includes(budget.api))
    .map((budget) => budget.capacity);
  return capacities.length === 0 ? null : Math.min(...capacities);
}
