import type { Fire, FirePlan, Instant } from '@tapekeeper/core';
import type { Metrics } from '../ports/metrics.ts';
import type { ItemCommit } from '../ports/runStore.ts';
import type { Store } from '../ports/store.ts';

/** The store, with what it is told to keep counted once it has been kept. */
export function meterStore(store: Store, metrics: Metrics): Store {
  return {
    ...store,
    async commitItems(claim, commits) {
      const written = await store.commitItems(claim, commits);
      const dataset = datasetOf(commits);
      for (const [change, rows] of Object.entries(written))
        metrics.count('tapekeeper_rows_written_total', { dataset, change }, rows);
      for (const { state, counts } of commits) {
        metrics.count('tapekeeper_items_total', { dataset, state });
        for (const [outcome, symbols] of Object.entries(counts))
          metrics.count('tapekeeper_symbol_outcomes_total', { dataset, outcome }, symbols);
      }
      return written;
    },
    async fireDue(limit, decide) {
      const decided: { readonly plan: FirePlan; readonly now: Instant }[] = [];
      const report = await store.fireDue(limit, (job, now) => {
        const plan = decide(job, now);
        decided.push({ plan, now });
        return plan;
      });
      for (const { plan, now } of decided) for (const fire of plan.fires) meterFire(metrics, fire, now);
      return report;
    },
  };
}

/** A batch is of one run, and so of one data set, whatever by-products came with it. */
function datasetOf(commits: readonly ItemCommit[]): string {
  for (const { writes, gains, quarantined } of commits) {
    for (const gain of gains) if ('dataset' in gain) return gain.dataset;
    const named = writes[0] ?? quarantined[0];
    if (named !== undefined) return named.dataset;
  }
  return 'none';
}

function meterFire(metrics: Metrics, { decision, dueCount, until }: Fire, now: Instant): void {
  metrics.count('tapekeeper_fires_total', { decision }, dueCount);
  // what nobody was there for is missed, and not late
  if (decision === 'ran' && dueCount === 1)
    metrics.took('tapekeeper_fire_lateness_seconds', {}, (now - until) / 1000);
}
