import {
  compareCell,
  DATASETS,
  WHOLE_ROW,
  type Calendar,
  type CellComparison,
  type OriginId,
  type SourceId,
  type Symbol,
} from '@tapekeeper/core';
import type { AskedSource } from './askOthers.ts';
import type { ReconcileQuestion } from './reconcile.ts';
import type { Sample } from './sampleCells.ts';

export interface ComparedCell {
  readonly symbol: Symbol;
  readonly ours: OriginId;
  readonly theirs: SourceId;
  readonly comparison: CellComparison;
}

interface CompareInput {
  readonly calendar: Calendar;
  readonly question: ReconcileQuestion;
  readonly sample: Sample;
  readonly asked: readonly AskedSource[];
  /** Whether corrections of the day are still expected. */
  readonly isFresh: boolean;
}

/** Every sampled cell against every answer to it, in the columns that both sources fill. */
export function compareAnswers(input: CompareInput): readonly ComparedCell[] {
  const { calendar, question, sample, asked, isFresh } = input;
  const { dataset } = question;
  const { day } = sample;
  const { key } = DATASETS[dataset];
  return asked.flatMap(({ source: theirs, columns, answers }) =>
    sample.cells.flatMap(({ listing, source: ours, rows, former }): ComparedCell[] => {
      const answer = answers.get(listing.symbol);
      if (answer === undefined) return [];
      const comparison = compareCell({
        dataset,
        pair: [ours, theirs],
        columns: columns.filter((column) => !key.includes(column)),
        day,
        before: calendar.previousOpen(day),
        ours: rows,
        theirs: answer.rows,
        former,
        isFresh,
      });
      const isSuspended = answer.suspended.has(day);
      return [
        {
          symbol: listing.symbol,
          ours,
          theirs,
          comparison: isSuspended ? calledSuspended(comparison) : comparison,
        },
      ];
    }),
  );
}

/** A source that calls the symbol suspended is not late: it says otherwise. */
function calledSuspended({ compared, mismatches }: CellComparison): CellComparison {
  return {
    compared,
    mismatches: mismatches.map((one) =>
      one.column === WHOLE_ROW ? { ...one, kind: 'real', detail: 'they call it suspended' } : one,
    ),
  };
}
