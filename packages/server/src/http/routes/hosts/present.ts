import type { HostView as HostBody } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { HostView } from '../../../app/router/hosts.ts';

export function presentHost({ openUntil, budgets, sources, latencies, rules, ...state }: HostView): HostBody {
  const { configured, chosen, version, author, setAt } = rules;
  return {
    ...state,
    openUntil: openUntil === null ? null : isoInstant(openUntil),
    budgets: budgets.map((budget) => ({ ...budget })),
    sources: [...sources],
    rules: {
      configured: configured.map((rule) => ({ ...rule })),
      chosen: chosen.map((rule) => ({ ...rule })),
      version,
      author,
      setAt: setAt === null ? null : isoInstant(setAt),
    },
    latencies: latencies.map(({ api, meanMs, calls }) => ({ api, meanMs, calls })),
  };
}
