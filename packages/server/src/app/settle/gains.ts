import {
  Bitmap,
  cellsOf as gridOf,
  isExpected,
  type DatasetId,
  type OriginId,
  type PlainDay,
} from '@tapekeeper/core';
import type { CoverageGain } from '../../ports/runStore.ts';
import { runsOfDays } from '../dayRuns.ts';
import { presentCells } from './cells.ts';
import type { Gate } from './gate.ts';
import type { SettleInput } from './settleAnswer.ts';

/** What is covered by rows that came in one piece, from wherever. */
export type GainInput = Pick<SettleInput, 'lastFinal' | 'market'> & {
  readonly item: Pick<SettleInput['item'], 'shape' | 'from'> & { readonly source: OriginId };
};

/** Whole-market answers leave one row a day; others leave ranges. */
export function coverageGains(
  input: GainInput,
  dataset: DatasetId,
  present: ReadonlyMap<number, readonly PlainDay[]>,
): readonly CoverageGain[] {
  const { item, lastFinal } = input;
  const source = item.source;
  if (item.shape === 'day') {
    if (item.from > lastFinal || present.size === 0) return [];
    const members = Bitmap.of(present.keys()).toBytes();
    return [{ kind: 'day', dataset, source, day: item.from, members, rows: present.size }];
  }
  return [...present].flatMap(([instrumentId, days]) =>
    runsOfDays(
      input.market.calendar,
      days.filter((day) => day <= lastFinal),
    ).map((range) => ({ kind: 'range' as const, dataset, source, instrumentId, ...range })),
  );
}

/** A by-product covers what it has rows for, and knows the same suspended days. */
export function byproductGains(input: SettleInput, gate: Gate, dataset: DatasetId): readonly CoverageGain[] {
  if (gridOf(dataset) === undefined) return [];
  const present = presentCells(input, gate, dataset);
  const served = new Map([...present].map(([instrumentId, days]) => [instrumentId, new Set(days)]));
  const suspended = input.answer.suspended.flatMap(({ symbol, day }) => {
    const listing = input.market.bySymbol.get(symbol);
    if (
      !listing ||
      day > input.lastFinal ||
      served.get(listing.instrumentId)?.has(day) ||
      !isExpected(input.market.calendar, listing, day)
    )
      return [];
    const { instrumentId } = listing;
    const source = input.item.source;
    return [
      {
        kind: 'exception' as const,
        dataset,
        source,
        instrumentId,
        day,
        exception: 'suspended' as const,
      },
    ];
  });
  return [
    ...coverageGains(input, dataset, present),
    ...suspended,
    ...unsettledGains(input, dataset, present),
  ];
}

/**
 * What has to be asked for once more: cells that were settled by this answer while corrections are still
 * expected of their day. What was asked for again after that is struck off the list.
 */
export function unsettledGains(
  input: Pick<SettleInput, 'dataset' | 'lastFinal' | 'lastSettled' | 'unsettled'>,
  dataset: DatasetId,
  answered: ReadonlyMap<number, readonly PlainDay[]>,
): readonly CoverageGain[] {
  const { lastFinal, lastSettled } = input;
  const waits = dataset === input.dataset ? input.unsettled : NOTHING_WAITS;
  const early = new Map<PlainDay, Bitmap>();
  const settled = new Map<PlainDay, Bitmap>();
  for (const [instrumentId, days] of answered) {
    for (const day of days) {
      if (day > lastSettled) {
        if (day <= lastFinal) member(early, day).add(instrumentId);
      } else if (waits.size > 0 && waits.get(day)?.has(instrumentId)) {
        member(settled, day).add(instrumentId);
      }
    }
  }
  return [
    ...[...early].map(([day, members]) => gain(dataset, day, members, 'early')),
    ...[...settled].map(([day, members]) => gain(dataset, day, members, 'settled')),
  ];
}

const NOTHING_WAITS: ReadonlyMap<PlainDay, Bitmap> = new Map();

function member(days: Map<PlainDay, Bitmap>, day: PlainDay): Bitmap {
  const known = days.get(day);
  if (known !== undefined) return known;
  const fresh = new Bitmap();
  days.set(day, fresh);
  return fresh;
}

function gain(dataset: DatasetId, day: PlainDay, members: Bitmap, was: 'early' | 'settled'): CoverageGain {
  return { kind: 'unsettled', dataset, day, members: members.toBytes(), was };
}
