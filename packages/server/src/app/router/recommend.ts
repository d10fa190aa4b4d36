import { EXCHANGES, isoInstant, type DatasetId, type Instant, type SourceId } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { hasRight } from '../rights.ts';
import { hostStateOf } from './hostState.ts';
import { priorities } from './priorities.ts';

/** Something that a person should know of the sources of a data set. */
export interface Warning {
  readonly code: 'no_source' | 'no_right' | 'breaker_open' | 'no_fallback' | 'not_all_exchanges';
  readonly source: SourceId | null;
  readonly detail: string;
}

/** Whom a run of a data set would ask now. */
export interface Recommendation {
  readonly dataset: DatasetId;
  readonly primary: SourceId | null;
  readonly fallbacks: readonly SourceId[];
  readonly warnings: readonly Warning[];
}

/** Of every data set: who is asked first, who next, and what stands in the way. */
export async function recommend(deps: AppDeps): Promise<readonly Recommendation[]> {
  const [orders, rights] = await Promise.all([priorities(deps), deps.store.rights()]);
  const asked = new Set(
    [...deps.sources.values()].flatMap(({ capabilities, hosts: [first] }) =>
      capabilities.map(({ host }) => host ?? first ?? ''),
    ),
  );
  const openUntil = new Map<string, Instant>();
  for (const host of asked) {
    const state = hostStateOf(await deps.store.hostFacts(host));
    if (state.openUntil !== null) openUntil.set(host, state.openUntil);
  }
  return orders.map(({ dataset, sources }) => {
    const warnings: Warning[] = [];
    const able = sources.filter((source) => {
      const capability = deps.sources.get(source)?.capabilities.find((one) => one.dataset === dataset);
      if (capability === undefined) return false;
      if (!hasRight(rights, source, capability.api)) {
        warnings.push({ code: 'no_right', source, detail: capability.api });
        return false;
      }
      const host = capability.host ?? deps.sources.get(source)?.hosts[0] ?? source;
      const until = openUntil.get(host);
      if (until !== undefined) {
        warnings.push({ code: 'breaker_open', source, detail: `${host} ${isoInstant(until)}` });
        return false;
      }
      return true;
    });
    const [primary = null, ...fallbacks] = able;
    if (primary === null) warnings.push({ code: 'no_source', source: null, detail: dataset });
    else if (fallbacks.length === 0) warnings.push({ code: 'no_fallback', source: primary, detail: dataset });
    warnings.push(...missingExchanges(deps, dataset, primary));
    return { dataset, primary, fallbacks, warnings };
  });
}

/** BaoStock has no stock of Beijing: who asks it first should know. */
function missingExchanges(deps: AppDeps, dataset: DatasetId, primary: SourceId | null): readonly Warning[] {
  const capability =
    primary === null
      ? undefined
      : deps.sources.get(primary)?.capabilities.find((one) => one.dataset === dataset);
  if (primary === null || capability === undefined) return [];
  const missing = EXCHANGES.filter((exchange) => !capability.exchanges.includes(exchange));
  return missing.length === 0
    ? []
    : [{ code: 'not_all_exchanges', source: primary, detail: missing.join(', ') }];
}
