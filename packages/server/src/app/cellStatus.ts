import {
  EXCEPTION_KINDS,
  exchangeOf,
  FIRST_SESSION,
  type DatasetId,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import type { CellFacts } from '../ports/viewStore.ts';

export type CellStatus =
  | 'covered'
  /** There is a row, or there will be: the day is not final yet, or was not when the row came. */
  | 'provisional'
  | 'suspended'
  | 'absent'
  | 'accepted'
  | 'quarantined'
  | 'failed'
  | 'missing'
  | 'closed'
  | 'not_listed'
  | 'delisted'
  | 'future'
  /** The calendar of the day has yet to be announced. */
  | 'assumed';

/** What the status of a cell is judged by, and what its sentence may speak of. */
export interface CellContext {
  readonly dataset: DatasetId;
  readonly day: PlainDay;
  readonly listing: Listing;
  readonly isOpen: boolean;
  readonly isAssumed: boolean;
  readonly lastKnownDay: PlainDay;
  readonly nextOpen: PlainDay;
  readonly today: PlainDay;
  readonly lastFinalDay: PlainDay;
  readonly span: { readonly from: PlainDay; readonly to: PlainDay } | undefined;
  readonly facts: CellFacts;
}

/**
 * The one status of a cell. A row speaks first; then whether there should be one at all; then what is
 * known of its absence, in the order in which the coverage counts it.
 */
export function cellStatus(context: CellContext): CellStatus {
  const { facts, day, listing } = context;
  if (facts.row !== null) return facts.coveredBy.length > 0 ? 'covered' : 'provisional';
  if (context.isAssumed) return 'assumed';
  if (!context.isOpen) return 'closed';
  if (listing.listDate === null || day < firstListed(listing)) return 'not_listed';
  if (listing.delistDate !== null && day >= listing.delistDate) return 'delisted';
  if (day > context.today) return 'future';
  const exception = EXCEPTION_KINDS.find((kind) => facts.exceptions.some((one) => one.kind === kind));
  if (exception !== undefined) return exception;
  if (facts.quarantined.length > 0) return 'quarantined';
  if (facts.failures.length > 0) return 'failed';
  return day > context.lastFinalDay ? 'provisional' : 'missing';
}

/** The first day on which a listed symbol can have a row. */
export function firstListed(listing: Listing): PlainDay {
  const opened = FIRST_SESSION[exchangeOf(listing.symbol)];
  return listing.listDate !== null && listing.listDate > opened ? listing.listDate : opened;
}
