import { Bitmap, findGaps, type CoverageSnapshot, type PlainDay } from '@tapekeeper/core';
import type { PlannedQuestion } from '../../ports/coverageStore.ts';
import type { AppDeps } from '../deps.ts';
import { listingsOf, type Market } from '../market.ts';
import type { PlanQuestion } from './usableSources.ts';

/**
 * The cells that a run was to ask for when its source was dropped, and has not asked anybody for since. Only a forced
 * run needs them: what it was to get again is covered, so that nothing else tells that it has not been got.
 */
export async function unaskedCells(
  deps: AppDeps,
  run: PlanQuestion,
  market: Market,
): Promise<ReadonlyMap<PlainDay, Bitmap>> {
  const { from, to, symbols } = run.params;
  const questions = await deps.store.plannedQuestions(run.id);
  const sweep = { calendar: market.calendar, listings: listingsOf(market, symbols), from, to };
  const without = (some: readonly PlannedQuestion[]) => findGaps({ ...sweep, coverage: cellsOf(some) }).days;
  const notDropped = new Map(
    without(questions.filter(({ isDropped }) => isDropped)).map(({ day, missing }) => [day, missing]),
  );
  const notAsked = without(questions.filter(({ isDropped }) => !isDropped));
  return new Map(
    notAsked
      .map(({ day, missing }) => [day, missing.andNot(notDropped.get(day) ?? new Bitmap())] as const)
      .filter(([, missing]) => !missing.isEmpty()),
  );
}

function cellsOf(questions: readonly PlannedQuestion[]): CoverageSnapshot {
  return {
    ranges: questions.flatMap(({ instrumentId, from, to }) =>
      instrumentId === null ? [] : [{ instrumentId, from, to }],
    ),
    days: questions.flatMap(({ members, from }) =>
      members === null ? [] : [{ day: from, members: Bitmap.fromBytes(members) }],
    ),
    exceptions: [],
  };
}
