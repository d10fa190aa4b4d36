import type { DatasetId } from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';
import {
  describeDataset,
  readScope,
  type CoverageQuestion,
  type CoverageReport,
} from './describeCoverage.ts';
import { loadMarket, type Market } from './market.ts';

/** Answers questions on coverage, cheaply enough for screens that ask every second. */
export type CoverageReader = (question: CoverageQuestion) => Promise<readonly CoverageReport[]>;

/** While runs write, counting takes at most one part in this many of the time. */
const COOLING = 10;

/** A snapshot is never used for longer: days become final, and statistics are made anew, without any run. */
const LONGEST_USE_MS = 60_000;

/** Answers kept for one snapshot; a screen asks for one or two. */
const MOST_ANSWERS = 100;

interface Snapshot {
  readonly activity: string;
  readonly markets: Map<DatasetId, Promise<Market>>;
  readonly answers: Map<string, Promise<CoverageReport>>;
  readonly takenAt: number;
  /** Time that its answers took to count, so far. */
  costMs: number;
}

/**
 * Coverage changes only by runs and by people, so what was counted holds until a run begins, commits or
 * ends, or somebody accepts a hole or lets a refused row in. While
 * runs are open it may lag behind by ten times the time that the counting takes; once none is open,
 * answers are never older than the last run.
 */
export function coverageReader(deps: AppDeps): CoverageReader {
  let snapshot: Snapshot | undefined;

  const current = async (): Promise<Snapshot> => {
    // read before the counting: a commit in between makes the snapshot look older than it is, never newer
    const { activity, isOpen } = await readActivity(deps);
    const age = snapshot === undefined ? Infinity : deps.clock.monotonic() - snapshot.takenAt;
    const holds =
      snapshot?.activity === activity
        ? age < LONGEST_USE_MS
        : isOpen && snapshot !== undefined && age < snapshot.costMs * COOLING;
    if (snapshot === undefined || !holds) {
      snapshot = {
        activity,
        markets: new Map(),
        answers: new Map(),
        takenAt: deps.clock.monotonic(),
        costMs: 0,
      };
    }
    return snapshot;
  };

  return async (question) => {
    const { datasets, from, to } = readScope(question);
    const used = await current();
    const forget = (): void => {
      if (snapshot === used) snapshot = undefined;
    };
    const count = async (dataset: CoverageReport['dataset']): Promise<CoverageReport> => {
      const startedAt = deps.clock.monotonic();
      const market = used.markets.get(dataset) ?? loadMarket(deps, dataset);
      used.markets.set(dataset, market);
      const report = await describeDataset(deps, await market, dataset, { from, to });
      used.costMs += deps.clock.monotonic() - startedAt;
      return report;
    };
    try {
      return await Promise.all(
        datasets.map((dataset) => {
          const key = [dataset, from, to].join(' ');
          const known = used.answers.get(key);
          if (known !== undefined) return known;
          if (used.answers.size >= MOST_ANSWERS) used.answers.clear();
          const answer = count(dataset);
          used.answers.set(key, answer);
          return answer;
        }),
      );
    } catch (error) {
      forget();
      throw error;
    }
  };
}

/** What changes whenever a run begins, commits an item or ends, or a person changes coverage. */
export async function readActivity(deps: AppDeps): Promise<{ activity: string; isOpen: boolean }> {
  const [open, newest, byPeople] = await Promise.all([
    deps.store.runs({ states: ['pending', 'running', 'paused'], dataset: null, before: null, limit: 100 }),
    deps.store.runs({ states: null, dataset: null, before: null, limit: 1 }),
    deps.store.coverageChanges(),
  ]);
  const activity = JSON.stringify([
    byPeople,
    newest.map((run) => [run.id, run.state]),
    open.map((run) => [run.id, run.itemsDone, run.itemsFailed, run.rowsWritten, run.rowsUnchanged]),
  ]);
  return { activity, isOpen: open.length > 0 };
}
