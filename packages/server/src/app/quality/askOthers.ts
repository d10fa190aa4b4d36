import {
  AppError,
  exchangeOf,
  type Capability,
  type PlainDay,
  type Row,
  type SourceId,
  type Symbol,
} from '@tapekeeper/core';
import type { Answer, Source } from '../../ports/source.ts';
import type { Item, SyncRun } from '../../ports/runStore.ts';
import { askItem } from '../askItem.ts';
import { callGate } from '../callGate.ts';
import type { AppDeps } from '../deps.ts';
import type { Market } from '../market.ts';
import { hasRight } from '../rights.ts';
import type { ReconcileQuestion } from './reconcile.ts';
import type { Sample, SampledCell } from './sampleCells.ts';
import { withConnection } from '../withConnection.ts';

/** What another source says of one symbol. */
export interface OtherRows {
  readonly rows: ReadonlyMap<PlainDay, Row>;
  readonly suspended: ReadonlySet<PlainDay>;
}

/** What one source said of the cells that are not its own. */
export interface AskedSource {
  readonly source: SourceId;
  /** Columns that it fills. */
  readonly columns: readonly string[];
  readonly answers: ReadonlyMap<Symbol, OtherRows>;
  readonly calls: number;
  /** What could not be asked, and why. */
  readonly notes: readonly string[];
}

export interface AskedBy {
  readonly signal: AbortSignal;
  /** Called before each question: the comparison is still at work. */
  readonly alive: () => Promise<void>;
}

interface Candidate {
  readonly source: Source;
  readonly capability: Capability;
  readonly cells: readonly SampledCell[];
}

/**
 * Asks every source but a cell's own for the cells that it can serve: one question a symbol, behind
 * whatever live work asks of its hosts, and no more calls together than the fallback of a run may make. Sources are
 * asked side by side. A source that refuses is left alone; only a stop or a lost database is raised.
 */
export async function askOthers(
  deps: AppDeps,
  market: Market,
  question: ReconcileQuestion,
  sample: Sample,
  by: AskedBy,
): Promise<readonly AskedSource[]> {
  const candidates = await candidatesOf(deps, question, sample);
  const share = Math.floor(deps.settings.fallbackCallCap / Math.max(1, candidates.length));
  const asked = await Promise.allSettled(
    candidates.map((candidate) =>
      candidate.source.singleConnection
        ? withConnection(
            deps,
            candidate.source,
            (isHeld) =>
              isHeld === 'busy'
                ? Promise.resolve(unasked(candidate, 'its only connection is in use'))
                : askSource(deps, market, question, sample, candidate, share, {
                    ...by,
                    alive: alsoAlive(by, isHeld),
                  }),
            { node: 'reconciliation' },
          )
        : askSource(deps, market, question, sample, candidate, share, by),
    ),
  );
  return asked.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

function alsoAlive(by: AskedBy, hold: () => Promise<void>): () => Promise<void> {
  return async () => {
    await hold();
    await by.alive();
  };
}

async function candidatesOf(
  deps: AppDeps,
  question: ReconcileQuestion,
  sample: Sample,
): Promise<readonly Candidate[]> {
  const rights = await deps.store.rights();
  return question.sources.flatMap((id): Candidate[] => {
    const source = deps.sources.get(id);
    const capability = source?.capabilities.find(
      (one) => one.dataset === question.dataset && one.shapes.includes('symbol'),
    );
    if (!source || !capability || !hasRight(rights, id, capability.api)) return [];
    if (capability.firstDay !== undefined && capability.firstDay > sample.day) return [];
    const cells = sample.cells.filter(
      (cell) => cell.source !== id && capability.exchanges.includes(exchangeOf(cell.listing.symbol)),
    );
    return cells.length === 0 ? [] : [{ source, capability, cells }];
  });
}

async function askSource(
  deps: AppDeps,
  market: Market,
  question: ReconcileQuestion,
  sample: Sample,
  { source, capability, cells }: Candidate,
  mostCalls: number,
  { signal, alive }: AskedBy,
): Promise<AskedSource> {
  const context = { signal, beforeCall: callGate(deps, signal, 'backfill') };
  const affordable = Math.floor(mostCalls / (capability.queries ?? 1));
  const answers = new Map<Symbol, OtherRows>();
  const failures = new Map<string, number>();
  const notes: string[] = [];
  let calls = 0;
  for (const [at, { listing }] of cells.slice(0, affordable).entries()) {
    if (signal.aborted) throw new AppError('interrupted');
    await alive();
    const item = itemOf(at + 1, source.id, listing.instrumentId, sample);
    const asked = await askItem(deps, runOf(deps, question, sample), item, market, context);
    calls += asked.attempts.reduce((total, attempt) => total + attempt.calls, 0);
    if (asked.answer !== null) answers.set(listing.symbol, rowsOf(question, listing.symbol, asked.answer));
    else if (asked.reaction === 'drop_source') {
      notes.push(`${cells.length - answers.size} cells were not asked for: ${asked.error?.message ?? ''}`);
      break;
    } else failures.set(asked.error?.message ?? '', (failures.get(asked.error?.message ?? '') ?? 0) + 1);
  }
  if (cells.length > affordable) notes.push(`${cells.length - affordable} cells are beyond the cap of calls`);
  for (const [message, count] of failures) notes.push(`${count} cells could not be had: ${message}`);
  return { source: source.id, columns: capability.columns, answers, calls, notes };
}

function unasked({ source, capability }: Candidate, note: string): AskedSource {
  return { source: source.id, columns: capability.columns, answers: new Map(), calls: 0, notes: [note] };
}

/** No run has the number 0: what is asked here is nobody's item, and asked as carefully as any. */
function runOf(deps: AppDeps, { dataset, sources }: ReconcileQuestion, { from, to }: Sample): SyncRun {
  return {
    id: 0,
    type: 'sync',
    wish: { dataset },
    dataset,
    params: { from, to, symbols: null, sources, force: true },
    cause: 'person',
    requestedBy: null,
    parentRunId: null,
    state: 'running',
    createdAt: deps.clock.now(),
  };
}

function itemOf(no: number, source: SourceId, instrumentId: number, { from, to }: Sample): Item {
  return { no, source, shape: 'symbol', from, to, instrumentId, members: null, attempts: 1 };
}

function rowsOf({ dataset }: ReconcileQuestion, symbol: Symbol, answer: Answer): OtherRows {
  const rows = answer.batches.filter((batch) => batch.dataset === dataset).flatMap((batch) => batch.rows);
  const days = rows
    .filter((row) => row['symbol'] === symbol)
    .map((row) => [row['trade_date'] as PlainDay, row] as const);
  const suspended = answer.suspended.filter((one) => one.symbol === symbol).map(({ day }) => day);
  return { rows: new Map(days), suspended: new Set(suspended) };
}
