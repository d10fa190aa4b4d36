import type { AlertRule, DatasetId, Instant } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import type { ActiveTarget } from './collectedDatasets.ts';
import { countDataset, type CountedFacts } from './datasetFacts.ts';

/** Counts are used for so long where nothing has changed, and for so long while a run is at it. */
const LONGEST_USE_MS = 10 * 60_000;
const OPEN_USE_MS = 60_000;

interface Kept {
  readonly at: Instant;
  readonly version: string;
  readonly facts: CountedFacts;
}

export interface DatasetQuestion {
  readonly dataset: DatasetId;
  readonly target: ActiveTarget | undefined;
  readonly rules: readonly AlertRule[];
  /** A text that changes with the newest run of the data set and with what people do to coverage. */
  readonly version: string;
  readonly hasOpenRun: boolean;
  readonly now: Instant;
  readonly marketAt: Instant;
}

/** Counting a market costs more than a look may: it is done again only when the answer may be another one. */
export type DatasetReader = (question: DatasetQuestion) => Promise<CountedFacts>;

export function datasetReader(deps: Pick<AppDeps, 'store'>): DatasetReader {
  const kept = new Map<DatasetId, Kept>();
  return async ({ dataset, target, rules, hasOpenRun, now, marketAt, ...question }) => {
    const version = JSON.stringify([question.version, target]);
    const last = kept.get(dataset);
    if (last !== undefined && holds(last, version, hasOpenRun, now)) return last.facts;
    const facts = await countDataset(deps, dataset, target, rules, { now, marketAt });
    kept.set(dataset, { at: now, version, facts });
    return facts;
  };
}

function holds({ at, version, facts }: Kept, current: string, hasOpenRun: boolean, now: Instant): boolean {
  const age = now - at;
  if (version !== current || age < 0) return false;
  const isDue = facts.nextDueAt !== null && facts.nextDueAt <= now;
  return !isDue && age < (hasOpenRun ? OPEN_USE_MS : LONGEST_USE_MS);
}
