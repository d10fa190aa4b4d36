import { COLLECTED_IDS, shanghaiDay, type PlainDay, type SourceId } from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';

export interface SourceStatus {
  readonly source: SourceId;
  /** Place in the order of asking, from 1. */
  readonly position: number;
  readonly datasets: readonly string[];
  /** Interfaces that the source has refused to this token. */
  readonly refused: readonly string[];
}

export interface SystemStatus {
  readonly marketDay: PlainDay;
  readonly sources: readonly SourceStatus[];
  readonly databaseBytes: number;
  readonly freeMegabytes: number | null;
}

/** The sources in use and the space that is taken and left. */
export async function systemStatus(deps: AppDeps): Promise<SystemStatus> {
  const [rights, databaseBytes, freeMegabytes] = await Promise.all([
    deps.store.rights(),
    deps.store.databaseBytes(),
    deps.freeMegabytes(),
  ]);
  const inUse = deps.settings.sourcePriority.filter((source) => deps.sources.has(source));
  return {
    marketDay: shanghaiDay(deps.marketNow()),
    sources: inUse.map((source, index) => ({
      source,
      position: index + 1,
      datasets: COLLECTED_IDS.filter((dataset) =>
        deps.sources.get(source)?.capabilities.some((capability) => capability.dataset === dataset),
      ),
      refused: rights.filter((right) => right.source === source && !right.allowed).map((right) => right.api),
    })),
    databaseBytes,
    freeMegabytes: freeMegabytes ?? null,
  };
}
