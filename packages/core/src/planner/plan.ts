import type { Calendar } from '../calendar/calendar.ts';
import type { Bitmap } from '../coverage/bitmap.ts';
import type { Listing } from '../coverage/expected.ts';
import type { DayGap } from '../coverage/gaps.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import type { PlainDay } from '../day.ts';
import type { CallShape, Capability } from '../source/source.ts';
import type { Symbol } from '../symbol/symbol.ts';

/**
 * One call-sized piece of work: a question to a source, the gap cells that it is to fill, and the calls
 * that its pages are expected to take.
 */
export type PlannedItem =
  | {
      readonly shape: 'day';
      readonly day: PlainDay;
      /** Instruments whose rows are wanted; the answer holds the whole market. */
      readonly members: Bitmap;
      readonly cells: number;
      readonly calls: number;
    }
  | {
      readonly shape: 'symbol';
      readonly instrumentId: number;
      readonly symbol: Symbol;
      readonly from: PlainDay;
      readonly to: PlainDay;
      readonly cells: number;
      readonly calls: number;
    }
  | {
      readonly shape: 'all';
      readonly from: PlainDay;
      readonly to: PlainDay;
      readonly cells: number;
      readonly calls: number;
    };

export interface Plan {
  readonly dataset: DatasetId;
  /** The shape that most calls have; null where there is nothing to do. */
  readonly shape: CallShape | null;
  /** Whole days ascending, then symbols ascending. */
  readonly items: readonly PlannedItem[];
  readonly calls: number;
  /** Gap cells that the items are to fill. */
  readonly cells: number;
  /** Gaps that this source cannot fill (exchange, first day, shape), to plan for the next one. */
  readonly unserved: readonly DayGap[];
  readonly unservedCells: number;
}

export interface PlanInput {
  readonly dataset: DatasetId;
  readonly capability: Capability;
  readonly gaps: { readonly days: readonly DayGap[] };
  readonly calendar: Calendar;
  readonly listings: readonly Listing[];
  /** Rows of a whole-market day as last seen; without it, the listings expected on each day are counted. */
  readonly marketSize?: number;
}
