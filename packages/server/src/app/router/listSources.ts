import type { Capability, SourceId } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { interfaceRights, type InterfaceRight } from '../rights.ts';
import { hostStateOf, type HostState } from './hostState.ts';

export type SourceState = 'up' | 'degraded' | 'open' | 'off';

export interface SourceOverview {
  readonly source: SourceId;
  readonly position: number;
  /** `off` where it is not in the order of asking; `open` where no host of it may be asked. */
  readonly state: SourceState;
  readonly singleConnection: boolean;
  readonly capabilities: readonly {
    readonly capability: Capability;
    /** Whether its interface may be called, and how often. */
    readonly right: InterfaceRight;
  }[];
  readonly hosts: readonly HostState[];
}

/** Every source of the installation: what it can give, what it may be asked, and how it is. */
export async function listSources(deps: AppDeps): Promise<readonly SourceOverview[]> {
  const rights = await interfaceRights(deps);
  const order = [
    ...deps.settings.sourcePriority.filter((source) => deps.sources.has(source)),
    ...[...deps.sources.keys()].filter((source) => !deps.settings.sourcePriority.includes(source)),
  ];
  const overview = async (id: SourceId, at: number): Promise<SourceOverview> => {
    const source = deps.sources.get(id)!;
    const hosts = await Promise.all(
      source.hosts.map(async (host) => hostStateOf(await deps.store.hostFacts(host))),
    );
    return {
      source: id,
      position: at + 1,
      state: deps.settings.sourcePriority.includes(id) ? stateOf(hosts) : 'off',
      singleConnection: source.singleConnection,
      capabilities: source.capabilities.map((capability) => ({
        capability,
        right: rights.find((right) => right.source === id && right.api === capability.api)!,
      })),
      hosts,
    };
  };
  return Promise.all(order.map(overview));
}

function stateOf(hosts: readonly HostState[]): SourceState {
  const states = hosts.map(({ state }) => state);
  if (states.length > 0 && states.every((state) => state === 'open')) return 'open';
  return states.some((state) => state !== 'up') ? 'degraded' : 'up';
}
