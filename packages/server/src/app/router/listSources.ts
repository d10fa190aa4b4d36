import type { Capability, SourceId } from '@tapekeeper/core';
import type { SourceRight } from '../../ports/sourceStore.ts';
import type { HostState } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';

export type SourceState = 'up' | 'degraded' | 'open' | 'off';

export interface SourceOverview {
  readonly source: SourceId;
  readonly position: number;
  /** `off` where it is not in the order of asking; `open` where no host of it may be asked. */
  readonly state: SourceState;
  readonly singleConnection: boolean;
  readonly capabilities: readonly {
    readonly capability: Capability;
    readonly right: SourceRight | undefined;
  }[];
  readonly hosts: readonly HostState[];
}

/** Every source of the installation: what it can give, what it may be asked, and how it is. */
export async function listSources(deps: AppDeps): Promise<readonly SourceOverview[]> {
  const [rights, hosts] = await Promise.all([deps.store.rights(), deps.store.hostStates()]);
  const now = deps.clock.now();
  const order = [
    ...deps.settings.sourcePriority.filter((source) => deps.sources.has(source)),
    ...[...deps.sources.keys()].filter((source) => !deps.settings.sourcePriority.includes(source)),
  ];
  return order.map((id, at) => {
    const source = deps.sources.get(id)!;
    const own = source.hosts.map((host) => hosts.find((one) => one.host === host) ?? { ...UNTOUCHED, host });
    return {
      source: id,
      position: at + 1,
      state: deps.settings.sourcePriority.includes(id) ? stateOf(own, now) : 'off',
      singleConnection: source.singleConnection,
      capabilities: source.capabilities.map((capability) => ({
        capability,
        right: rights.find((right) => right.source === id && right.api === capability.api),
      })),
      hosts: own,
    };
  });
}

/** @example hostState({ failures: 1, openUntil: null }, now) // 'degraded' */
export function hostState(
  { failures, openUntil }: Pick<HostState, 'failures' | 'openUntil'>,
  now: number,
): 'up' | 'degraded' | 'open' {
  if (openUntil !== null && openUntil > now) return 'open';
  return failures > 0 ? 'degraded' : 'up';
}

const UNTOUCHED = { failures: 0, openUntil: null, reason: null, budgets: [] };

function stateOf(hosts: readonly HostState[], now: number): SourceState {
  const states = hosts.map((host) => hostState(host, now));
  if (states.length > 0 && states.every((state) => state === 'open')) return 'open';
  return states.some((state) => state !== 'up') ? 'degraded' : 'up';
}
