import { AppError, type SourceId } from '@tapekeeper/core';
import type { BudgetChoice, HostBudgets, HostFacts } from '../../ports/sourceStore.ts';
import type { AppDeps } from '../deps.ts';
import { hostStateOf, type HostState } from './hostState.ts';

/** A host with everything that decides when it may be asked. */
export interface HostView extends HostState {
  readonly sources: readonly SourceId[];
  readonly rules: HostBudgets;
  readonly latencies: HostFacts['latencies'];
}

type HostDeps = Pick<AppDeps, 'store' | 'sources'>;

/** Every host that a source of this installation asks, by name. */
export async function listHosts(deps: HostDeps): Promise<readonly HostView[]> {
  const rules = await deps.store.hostBudgets();
  return Promise.all(knownHosts(deps).map((host) => view(deps, host, rules)));
}

/** Raises `bad_request` for what is no host of a source. */
export async function findHost(deps: HostDeps, host: string): Promise<HostView> {
  return view(deps, requireHost(deps, host), await deps.store.hostBudgets());
}

/**
 * Sets how often a host may be asked, in the place of what the settings say. What was spent stays spent, and what
 * the host has taught stays beside it. Raises `bad_request` and `budgets_changed`.
 */
export async function chooseBudgets(deps: HostDeps, host: string, choice: BudgetChoice): Promise<HostView> {
  requireHost(deps, host);
  const places = choice.rules.map(({ api, windowSeconds }) => `${api} in ${windowSeconds} s`);
  const twice = places.find((place, at) => places.indexOf(place) !== at);
  if (twice !== undefined) throw new AppError('bad_request', { problem: `${twice} is given twice.` });
  await deps.store.chooseBudgets(host, choice);
  return findHost(deps, host);
}

/** Lets a host be asked again at once, as when whatever was wrong is known to be over. */
export async function closeBreaker(deps: HostDeps, host: string): Promise<HostView> {
  await deps.store.closeBreaker(requireHost(deps, host));
  return findHost(deps, host);
}

async function view(deps: HostDeps, host: string, all: readonly HostBudgets[]): Promise<HostView> {
  const facts = await deps.store.hostFacts(host);
  const sources = [...deps.sources].filter(([, source]) => source.hosts.includes(host)).map(([id]) => id);
  const rules = all.find((one) => one.host === host) ?? unruled(host);
  return { ...hostStateOf(facts), sources, rules, latencies: facts.latencies };
}

function unruled(host: string): HostBudgets {
  return { host, configured: [], chosen: [], version: 0, author: null, setAt: null };
}

function knownHosts({ sources }: Pick<AppDeps, 'sources'>): readonly string[] {
  return [...new Set([...sources.values()].flatMap(({ hosts }) => hosts))].toSorted();
}

function requireHost(deps: HostDeps, host: string): string {
  const known = knownHosts(deps);
  if (known.includes(host)) return host;
  throw new AppError('bad_request', { problem: `"${host}" is no host. Known are ${known.join(', ')}.` });
}
