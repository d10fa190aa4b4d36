import {
  AppError,
  DATASETS,
  isSettled,
  RECONCILED_IDS,
  tallyOf,
  toAppError,
  type DatasetId,
  type PlainDay,
  type SourceId,
} from '@tapekeeper/core';
import type { Reconciliation, ReconciliationResult } from '../../ports/qualityStore.ts';
import type { StoredError } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadMarket, type Market } from '../market.ts';
import { readDataset, readDay } from '../requestSync.ts';
import { priorityOf, readSource } from '../router/priorities.ts';
import { readListed } from '../symbolSets/readSymbols.ts';
import { askOthers } from './askOthers.ts';
import { readAuthor } from './author.ts';
import { compareAnswers } from './compareAnswers.ts';
import { dayOfSample, takeSample } from './sampleCells.ts';

/** A comparison of sources as a person asks for it; nothing in it has been checked. */
export interface ReconcileWish {
  readonly dataset: string;
  /** The last final day where left out. */
  readonly day?: string | undefined;
  /** Only of these symbols; all where left out. */
  readonly symbols?: readonly string[] | undefined;
  readonly sampleSize?: number | undefined;
  /** Only these sources are asked. */
  readonly sources?: readonly string[] | undefined;
  /** Takes a former sample again. */
  readonly seed?: number | undefined;
  readonly author: string;
}

/** A wish with its words checked and its defaults settled. */
export interface ReconcileQuestion {
  readonly dataset: DatasetId;
  readonly day: PlainDay;
  readonly symbols: readonly string[] | null;
  readonly sampleSize: number;
  /** Sources that may be asked, in the order of asking. */
  readonly sources: readonly SourceId[];
  readonly seed: number;
}

const DEFAULT_SAMPLE = 50;
const LARGEST_SAMPLE = 1000;
const SEEDS = 2 ** 31;

/** Waits for a used-up budget are the longest that one takes without a sign of life. */
const SILENT_MS = 60 * 60_000;

/** A comparison that has been noted down, and the work that is still to be done. */
export interface BegunReconciliation {
  readonly id: number;
  /** Asks the sources and keeps the result; what goes wrong is kept, and raised. `onAsk` hears of each question. */
  work(signal: AbortSignal, onAsk?: () => void): Promise<void>;
}

/**
 * Notes down a comparison of a sample of covered cells with what the other sources say of them. Raises
 * `bad_request` for a data set that is not compared, and what the words of the wish raise.
 */
export async function beginReconciliation(deps: AppDeps, wish: ReconcileWish): Promise<BegunReconciliation> {
  const market = await loadMarket(deps, readDataset(wish.dataset));
  const question = await readWish(deps, market, wish);
  await deps.store.failSilentReconciliations(SILENT_MS);
  const { dataset, day, seed, sampleSize } = question;
  const id = await deps.store.beginReconciliation({
    dataset,
    day,
    seed,
    sampleSize,
    author: readAuthor(wish.author),
  });
  return { id, work: (signal, onAsk) => workOn(deps, market, id, question, { signal, onAsk }) };
}

/** The same from beginning to end; gives the report. */
export async function reconcileSample(
  deps: AppDeps,
  wish: ReconcileWish,
  signal: AbortSignal = new AbortController().signal,
): Promise<Reconciliation> {
  const { id, work } = await beginReconciliation(deps, wish);
  await work(signal);
  return findReconciliation(deps, id);
}

/** Raises `unknown_reconciliation`. */
export async function findReconciliation(deps: Pick<AppDeps, 'store'>, id: number): Promise<Reconciliation> {
  const found = await deps.store.reconciliation(id);
  if (found === undefined) throw new AppError('unknown_reconciliation', { id });
  return found;
}

interface Watched {
  readonly signal: AbortSignal;
  readonly onAsk: (() => void) | undefined;
}

async function workOn(
  deps: AppDeps,
  market: Market,
  id: number,
  question: ReconcileQuestion,
  by: Watched,
): Promise<void> {
  try {
    await deps.store.saveReconciliation(id, await compare(deps, market, id, question, by));
  } catch (thrown) {
    const { code, message, details } = toAppError(thrown);
    const error: StoredError = { code, message, details };
    // a database that is gone cannot be told; the next comparison ends what is silent
    await deps.store.failReconciliation(id, error).catch(() => {});
    throw thrown;
  }
}

async function compare(
  deps: AppDeps,
  market: Market,
  id: number,
  question: ReconcileQuestion,
  { signal, onAsk }: Watched,
): Promise<ReconciliationResult> {
  const sample = await takeSample(deps, market, question);
  const asked = await askOthers(deps, market, question, sample, {
    signal,
    alive: () => {
      onAsk?.();
      return deps.store.touchReconciliation(id);
    },
  });
  const { finality } = DATASETS[question.dataset];
  const isFresh = !isSettled(market.calendar, finality, sample.day, deps.marketNow());
  const compared = compareAnswers({ calendar: market.calendar, question, sample, asked, isFresh });
  return {
    cells: sample.cells.length,
    calls: asked.reduce((total, { calls }) => total + calls, 0),
    notes: asked.flatMap(({ source, notes }) => notes.map((note) => ({ source, note }))),
    tallies: tallyOf(compared),
    mismatches: compared.flatMap(({ symbol, ours, theirs, comparison }) =>
      comparison.mismatches.map((one) => ({
        symbol,
        day: sample.day,
        ours,
        theirs,
        field: one.column,
        ourValue: one.ours,
        theirValue: one.theirs,
        kind: one.kind,
        detail: one.detail,
      })),
    ),
  };
}

async function readWish(deps: AppDeps, market: Market, wish: ReconcileWish): Promise<ReconcileQuestion> {
  const dataset = readDataset(wish.dataset);
  if (!RECONCILED_IDS.includes(dataset)) {
    throw new AppError('bad_request', {
      problem: `${dataset} is not compared between sources. Compared are ${RECONCILED_IDS.join(', ')}.`,
    });
  }
  const sampleSize = wish.sampleSize ?? DEFAULT_SAMPLE;
  if (!Number.isInteger(sampleSize) || sampleSize < 1 || sampleSize > LARGEST_SAMPLE) {
    throw new AppError('bad_request', { problem: `a sample has 1 to ${LARGEST_SAMPLE} cells.` });
  }
  const wished = wish.day === undefined ? undefined : readDay(wish.day);
  return {
    dataset,
    day: dayOfSample(deps, market, dataset, wished),
    symbols:
      wish.symbols === undefined || wish.symbols.length === 0 ? null : readListed(market, wish.symbols),
    sampleSize,
    sources: await readSources(deps, dataset, wish.sources),
    seed: wish.seed ?? Math.floor(deps.clock.now()) % SEEDS,
  };
}

async function readSources(
  deps: AppDeps,
  dataset: DatasetId,
  wished: readonly string[] | undefined,
): Promise<readonly SourceId[]> {
  if (wished === undefined || wished.length === 0) return priorityOf(deps, dataset);
  return wished.map((text) => readSource(deps, text));
}
