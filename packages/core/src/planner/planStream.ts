import type { Calendar } from '../calendar/calendar.ts';
import { Bitmap } from '../coverage/bitmap.ts';
import { DATASETS, keyColumns } from '../dataset/catalogue.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import { addDays, dayNumber, type Instant, type PlainDay, shanghaiInstant } from '../day.ts';
import type { Listing } from '../coverage/expected.ts';
import type { Capability } from '../source/source.ts';
import type { Plan, PlannedItem } from './plan.ts';

/** A day of a stream that was read to its end, and when. */
export interface DayRead {
  readonly day: PlainDay;
  readonly at: Instant;
}

export interface StreamInput {
  readonly dataset: DatasetId;
  readonly capability: Capability;
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** Days that this source has been read for. */
  readonly known: readonly DayRead[];
  /** Trading days: a stream whose rows belong to trading days is asked for those only. */
  readonly calendar: Calendar;
  /** Whom streams are asked about that are read symbol by symbol. */
  readonly listings: readonly Listing[];
}

/**
 * The questions that read a stream from one day to another: days that were never read, and days that
 * were read before their late entries can have come in. Where a source is asked by symbol nothing is
 * known of days, and each symbol is asked.
 * @example planStream({ dataset: 'news', capability, from, to, known: [], calendar, listings }).calls
 */
export function planStream(input: StreamInput): Plan {
  const items = itemsOf(input);
  return {
    dataset: input.dataset,
    shape: items[0]?.shape ?? null,
    items,
    calls: items.reduce((calls, item) => calls + item.calls, 0),
    cells: 0,
    unserved: [],
    unservedCells: 0,
  };
}

/**
 * The days of a stretch that are to be read (again).
 * @example daysToRead({ dataset: 'suspensions', from, to, known: [], calendar })
 */
export function daysToRead(
  input: Pick<StreamInput, 'dataset' | 'from' | 'to' | 'known' | 'calendar'>,
): readonly PlainDay[] {
  const { dataset, from, to, known, calendar } = input;
  const { settleDays } = DATASETS[dataset].finality;
  const settled = new Set(
    known
      .filter(({ day, at }) => at >= shanghaiInstant(addDays(day, settleDays + 1), 0))
      .map(({ day }) => day),
  );
  const onTradingDays = keyColumns(dataset).day === 'trade_date';
  const days = onTradingDays ? calendar.tradingDays(from, to) : eachDay(from, to);
  return days.filter((day) => !settled.has(day));
}

function itemsOf(input: StreamInput): readonly PlannedItem[] {
  const { capability, from, to, listings } = input;
  const [shape] = capability.shapes;
  const calls = capability.queries ?? 1;
  if (shape === 'symbol') {
    return listings.map(({ instrumentId, symbol }) => ({
      shape: 'symbol',
      instrumentId,
      symbol,
      from,
      to,
      cells: 0,
      calls,
    }));
  }
  const days = daysToRead(input);
  if (shape === 'day')
    return days.map((day) => ({ shape: 'day', day, members: new Bitmap(), cells: 0, calls }));
  return stretchesOf(days, capability.spanDays ?? Infinity).map((stretch) => ({
    shape: 'all',
    ...stretch,
    cells: 0,
    calls,
  }));
}

/** Days that follow each other as stretches of at most so many days. */
function stretchesOf(
  days: readonly PlainDay[],
  longest: number,
): readonly { readonly from: PlainDay; readonly to: PlainDay }[] {
  const stretches: { from: PlainDay; to: PlainDay }[] = [];
  for (const day of days) {
    const last = stretches.at(-1);
    const joins =
      last !== undefined &&
      dayNumber(day) - dayNumber(last.to) === 1 &&
      dayNumber(day) - dayNumber(last.from) < longest;
    if (joins) last.to = day;
    else stretches.push({ from: day, to: day });
  }
  return stretches;
}

function eachDay(from: PlainDay, to: PlainDay): readonly PlainDay[] {
  const days: PlainDay[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
