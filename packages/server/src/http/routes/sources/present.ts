import type { Priorities, Recommendations, SourceTest, Sources } from '@tapekeeper/contract';
import { isoInstant, type DatasetId } from '@tapekeeper/core';
import type { SourceOverview } from '../../../app/router/listSources.ts';
import type { Priority } from '../../../app/router/priorities.ts';
import type { Recommendation } from '../../../app/router/recommend.ts';
import type { SourceTest as Tested } from '../../../app/router/testSource.ts';

export function presentSources(sources: readonly SourceOverview[]): Sources {
  return {
    sources: sources.map(({ capabilities, hosts, ...source }) => ({
      ...source,
      capabilities: capabilities.map(({ capability, right }) => ({
        dataset: capability.dataset as DatasetId,
        api: capability.api,
        shapes: [...capability.shapes],
        exchanges: [...capability.exchanges],
        right: right.right,
        detail: right.detail,
        perMinute: right.perMinute,
        perHour: right.perHour,
        perDay: right.perDay,
      })),
      hosts: hosts.map((host) => ({
        ...host,
        openUntil: host.openUntil === null ? null : isoInstant(host.openUntil),
        budgets: host.budgets.map((budget) => ({ ...budget })),
      })),
    })),
  };
}

export function presentTest({ error, ...test }: Tested): SourceTest {
  return { ...test, error: error === null ? null : { code: error.code, message: error.message } };
}

export function presentRecommendations(datasets: readonly Recommendation[]): Recommendations {
  return {
    datasets: datasets.map(({ dataset, primary, fallbacks, warnings }) => ({
      dataset,
      primary,
      fallbacks: [...fallbacks],
      warnings: [...warnings],
    })),
  };
}

export function presentPriorities(datasets: readonly Priority[]): Priorities {
  return { datasets: datasets.map((one) => ({ ...one, sources: [...one.sources] })) };
}
