import { AppError, DATASETS, type PlainDay } from '@tapekeeper/core';
import type { SettleInput } from './settleAnswer.ts';

/** Share of the rows of the days before that a whole market must have to count as published. */
const READY_SHARE = 0.98;

/** The same against the symbols that are expected, where nothing is known of the days before. */
const READY_SHARE_OF_EXPECTED = 0.9;

/** Markets smaller than this are not judged: a suspension or two is a large part of them. */
const SMALLEST_MARKET = 50;

/**
 * `not_ready` for a whole market of a day that the source has published in part only, or not at all:
 * far fewer rows than on the days before. Old days are not judged, since nothing more will come.
 */
export function unreadiness(input: SettleInput, present: number, asked: number): AppError | undefined {
  const { item, dataset, lastSettled, recentRows } = input;
  const { kind, sparse } = DATASETS[dataset];
  if (item.shape !== 'day' || kind !== 'grid' || sparse === true || item.from <= lastSettled)
    return undefined;
  const usual =
    recentRows.length > 0
      ? (recentRows.reduce((sum, rows) => sum + rows, 0) / recentRows.length) * READY_SHARE
      : asked * READY_SHARE_OF_EXPECTED;
  if (usual < SMALLEST_MARKET || present >= usual) return undefined;
  return notReady(input, item.from, present, Math.ceil(usual));
}

function notReady(input: SettleInput, day: PlainDay, rows: number, usual: number): AppError {
  return new AppError('not_ready', {
    source: input.item.source,
    dataset: input.dataset,
    day,
    rows,
    usual,
  });
}
