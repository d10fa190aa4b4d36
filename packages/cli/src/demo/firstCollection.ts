import type { Run } from '@tapekeeper/contract';
import type { DatasetId } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../context.ts';
import { followRun } from '../followRun.ts';
import { showProgress } from '../output/progress.ts';

/** What the demo collects; the lists that these need come first by themselves. */
const COLLECTED: readonly DatasetId[] = ['daily_bars', 'daily_basics', 'adj_factors'];

/** A run with what only its symbols tell. */
export interface RunFacts {
  readonly run: Run;
  /** Different symbols that it was asked for. */
  readonly symbols: number;
  /** Sources that served it, in the order of their names. */
  readonly sources: readonly string[];
}

export interface Collection {
  /** In the order in which they began to work. */
  readonly runs: readonly RunFacts[];
  readonly seconds: number;
}

/** Collects the demo's data sets over the span of its data, with their progress. Throws `interrupted`. */
export async function firstCollection(context: Context, api: Api, signal: AbortSignal): Promise<Collection> {
  const startedAt = performance.now();
  const ended: Run[] = [];
  for (const dataset of COLLECTED) {
    const asked = await api.requestRun({ dataset, from: context.config.historyFrom ?? undefined });
    const progress = showProgress(context.say);
    try {
      ended.push(await followRun(api, asked.id, (run) => progress.show(run), signal));
    } finally {
      progress.end();
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const runs = [...(await requirementsOf(api, ended)), ...ended];
  return { runs: await Promise.all(runs.map((run) => factsOf(api, run))), seconds };
}

const MOST_RUNS = 100;

/** The runs that refreshed lists first. */
async function requirementsOf(api: Api, parents: readonly Run[]): Promise<readonly Run[]> {
  const ids = parents.map((run) => run.id);
  const { runs } = await api.runs({ limit: MOST_RUNS });
  return runs.filter((run) => run.parentRunId !== null && ids.includes(run.parentRunId)).toReversed();
}

async function factsOf(api: Api, run: Run): Promise<RunFacts> {
  const sources = new Set<string>();
  let symbols = 0;
  let after: number | null = 0;
  while (after !== null && run.progress.symbolsTotal > 0) {
    const page = await api.runSymbols(run.id, { after, limit: 500 });
    symbols += page.symbols.length;
    for (const { source } of page.symbols.flatMap(({ outcomes }) => outcomes))
      if (source !== null) sources.add(source);
    after = page.next;
  }
  if (sources.size === 0 && run.plan?.source != null) sources.add(run.plan.source);
  return { run, symbols, sources: [...sources].toSorted() };
}

/** Items that came to nothing; a run that failed as a whole counts as one. */
export function failedIn({ progress, state }: Run): number {
  return Math.max(progress.itemsFailed, state === 'failed' ? 1 : 0);
}
