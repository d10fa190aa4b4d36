import {
  AppError,
  cellsOf,
  DATASETS,
  lastFinalDay,
  parseSymbol,
  shanghaiDay,
  type DatasetId,
  type Instant,
  type PlainDay,
  type OriginId,
  type Symbol,
} from '@tapekeeper/core';
import type { ListedInstrument } from '../ports/coverageStore.ts';
import type { RunId } from '../ports/runStore.ts';
import type { CellFacts } from '../ports/viewStore.ts';
import { reasonOf, type Sentence } from './cellReason.ts';
import { cellStatus, type CellContext, type CellStatus } from './cellStatus.ts';
import type { AppDeps } from './deps.ts';
import { loadCalendarOf } from './market.ts';
import { readDataset, readDay } from './requestSync.ts';

/** A cell as a person writes it; nothing in it has been checked. */
export interface CellQuestion {
  readonly dataset: string;
  readonly symbol: string;
  readonly day: string;
}

export interface CellReport {
  readonly dataset: DatasetId;
  readonly symbol: Symbol;
  readonly name: string;
  readonly day: PlainDay;
  readonly status: CellStatus;
  readonly because: Sentence;
  /** Where the status is from: of the row, of the exception, of the refusal or of the failure. */
  readonly source: OriginId | null;
  readonly runId: RunId | null;
  readonly knownAt: Instant | null;
  readonly facts: CellFacts;
}

/**
 * Everything that is known of one cell of a grid, with the reason for its status in a sentence. Raises
 * `unknown_dataset`, `bad_request` for a data set without cells, `bad_day` or `unknown_symbol`.
 */
export async function explainCell(deps: AppDeps, question: CellQuestion): Promise<CellReport> {
  const dataset = readDataset(question.dataset);
  if (cellsOf(dataset) === undefined) {
    throw new AppError('bad_request', { problem: `${dataset} is not judged cell by cell.` });
  }
  const day = readDay(question.day);
  const instrument = await findInstrument(deps, dataset, question.symbol);
  const symbol = parseSymbol(instrument.symbol) as Symbol;
  const [calendar, span, facts] = await Promise.all([
    loadCalendarOf(deps, dataset),
    deps.store.coveredSpan(dataset),
    deps.store.cell(dataset, instrument.instrumentId, symbol, day),
  ]);
  const context: CellContext = {
    dataset,
    day,
    listing: { ...instrument, symbol },
    isOpen: calendar.isOpen(day),
    isAssumed: calendar.isAssumed(day),
    lastKnownDay: calendar.lastKnownDay,
    nextOpen: calendar.nextOpen(day),
    today: shanghaiDay(deps.marketNow()),
    lastFinalDay: lastFinalDay(calendar, DATASETS[dataset].finality, deps.marketNow()),
    span,
    facts,
  };
  const status = cellStatus(context);
  const origin = originOf(status, facts);
  const because = reasonOf(status, context);
  return { dataset, symbol, name: instrument.name, day, status, because, ...origin, facts };
}

async function findInstrument(deps: AppDeps, dataset: DatasetId, text: string): Promise<ListedInstrument> {
  const symbol = parseSymbol(text);
  const found = (await deps.store.instruments(cellsOf(dataset)?.universe)).find(
    (instrument) => instrument.symbol === symbol,
  );
  if (found === undefined) throw new AppError('unknown_symbol', { symbol: text });
  return found;
}

function originOf(status: CellStatus, facts: CellFacts): Pick<CellReport, 'source' | 'runId' | 'knownAt'> {
  const origin = (source: OriginId | null, runId: RunId | null, knownAt: Instant) => ({
    source,
    runId,
    knownAt,
  });
  if (facts.row !== null) return { source: facts.source, runId: facts.runId, knownAt: facts.knownAt };
  const exception = facts.exceptions.find((one) => one.kind === status);
  if (exception !== undefined) return origin(exception.source, exception.runId, exception.at);
  const [refused] = facts.quarantined;
  if (status === 'quarantined' && refused !== undefined) return origin(refused.source, null, refused.at);
  const [failure] = facts.failures;
  if (status === 'failed' && failure !== undefined) return origin(failure.source, failure.runId, failure.at);
  return { source: null, runId: null, knownAt: null };
}
