import type { DatasetId, Instant, OriginId, PlainDay, SourceId, UniverseId } from '@tapekeeper/core';
import type { RunId } from './runStore.ts';

export interface ListedInstrument {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly name: string;
  readonly listDate: PlainDay | null;
  readonly delistDate: PlainDay | null;
}

export interface CoveredRange {
  readonly instrumentId: number;
  readonly source: OriginId;
  readonly from: PlainDay;
  readonly to: PlainDay;
}

export interface CoveredDay {
  readonly day: PlainDay;
  readonly source: OriginId;
  readonly members: Uint8Array;
  readonly rows: number;
  /** When the answer was committed. */
  readonly at: Instant;
}

export interface CoverageException {
  readonly instrumentId: number;
  readonly day: PlainDay;
  readonly source: SourceId;
  readonly kind: 'absent' | 'suspended' | 'accepted';
}

/** Cells that an item of a run is about: days of an instrument, or members of a market on a day. */
export interface PlannedQuestion {
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly instrumentId: number | null;
  readonly members: Uint8Array | null;
  /** Taken out of the run before it was asked. */
  readonly isDropped: boolean;
}

export interface DatasetCoverage {
  readonly ranges: readonly CoveredRange[];
  readonly days: readonly CoveredDay[];
  readonly exceptions: readonly CoverageException[];
}

export interface Freshness {
  readonly dataset: DatasetId;
  readonly scope: string;
  readonly source: SourceId;
  readonly asOf: Instant;
  readonly from: PlainDay | null;
  readonly through: PlainDay | null;
}

/** What is known complete, and the lists that completeness is judged against. */
export interface CoverageStore {
  /** The instruments of a list: of stocks, unless told otherwise. */
  instruments(universe?: UniverseId): Promise<readonly ListedInstrument[]>;
  /** Spellings that are no symbol any more, with the symbol that they stand for. */
  aliases(): Promise<ReadonlyMap<string, string>>;
  /** Days of the stored calendar, open or closed, of the exchange that leads (XSHG). */
  calendarDays(): Promise<readonly { day: PlainDay; isOpen: boolean }[]>;
  /** A text that is another one after every change of those days: asking for it is cheap. */
  calendarVersion(): Promise<string>;
  /** Coverage that touches the days from..to, of some instruments or of all. */
  coverageOf(
    dataset: DatasetId,
    from: PlainDay,
    to: PlainDay,
    instrumentIds: readonly number[] | null,
  ): Promise<DatasetCoverage>;
  freshness(dataset: DatasetId): Promise<readonly Freshness[]>;
  /** First and last covered day of a grid; undefined where nothing is covered. */
  coveredSpan(dataset: DatasetId): Promise<{ from: PlainDay; to: PlainDay } | undefined>;
  /** Cells that were settled while corrections were expected, by day ascending; they are to be asked for again. */
  unsettledDays(dataset: DatasetId): Promise<readonly { day: PlainDay; members: Uint8Array }[]>;
  /** Items of a run that have been asked, or will not be. */
  plannedQuestions(run: RunId): Promise<readonly PlannedQuestion[]>;
  /** Days for which a run has given up waiting until their source has published them. */
  unpublishedDays(run: RunId): Promise<readonly PlainDay[]>;
  /** Whose base the stored factors of some symbols have; symbols without factors are left out. */
  factorBases(symbols: readonly string[]): Promise<ReadonlyMap<string, SourceId>>;
  /** Stored factors of a symbol on some days. */
  factorsOn(symbol: string, days: readonly PlainDay[]): Promise<ReadonlyMap<PlainDay, number>>;
  /** Rows a day that a source gave lately, newest day first, before a day. */
  recentDayRows(
    dataset: DatasetId,
    source: SourceId,
    before: PlainDay,
    count: number,
  ): Promise<readonly number[]>;
  /** Replaces closed day rows by ranges; `fold` is the core's and computes them. Returns the days folded. */
  foldDays(
    dataset: DatasetId,
    source: SourceId,
    before: PlainDay,
    fold: (
      days: readonly { day: PlainDay; members: Uint8Array }[],
      ranges: readonly { instrumentId: number; from: PlainDay; to: PlainDay }[],
    ) => readonly { instrumentId: number; from: PlainDay; to: PlainDay }[],
  ): Promise<number>;
}
