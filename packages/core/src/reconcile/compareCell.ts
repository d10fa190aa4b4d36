import type { DatasetId, Row } from '../dataset/dataset.ts';
import type { PlainDay } from '../day.ts';
import { classify, type MismatchKind, type Verdict } from './classify.ts';
import { agrees, toleranceOf, type SourcePair, type Tolerance } from './tolerance.ts';

/** The rows of one symbol around a day, as one side has them. */
export type RowsByDay = ReadonlyMap<PlainDay, Row>;

export interface CellQuestion {
  readonly dataset: DatasetId;
  /** Whose row is stored, and who was asked. */
  readonly pair: SourcePair;
  /** Columns that both fill. */
  readonly columns: readonly string[];
  readonly day: PlainDay;
  readonly before: PlainDay | undefined;
  readonly ours: RowsByDay;
  readonly theirs: RowsByDay;
  readonly former: readonly Row[];
  /** Whether the day is so new that a source may not have it yet, or may still correct it. */
  readonly isFresh: boolean;
}

export interface Mismatch extends Verdict {
  /** The column; `*` where the other side has no row at all. */
  readonly column: string;
  readonly ours: Row[string];
  readonly theirs: Row[string];
}

export interface CellComparison {
  /** Columns that could be compared; `*` is the row itself. */
  readonly compared: readonly string[];
  readonly mismatches: readonly Mismatch[];
}

/** The row as a whole, among the columns. */
export const WHOLE_ROW = '*';

/**
 * Compares what two sources say of one cell, column by column. A value that one side leaves empty is
 * not compared: sources differ in what they fill.
 * @example compareCell(question).mismatches.map(({ column, kind }) => `${column}: ${kind}`)
 */
export function compareCell(question: CellQuestion): CellComparison {
  const { day, isFresh } = question;
  const ours = question.ours.get(day);
  const theirs = question.theirs.get(day);
  if (ours === undefined) return { compared: [], mismatches: [] };
  if (theirs === undefined) {
    const verdict: Verdict = isFresh
      ? { kind: 'late', detail: 'they do not have the newest day yet' }
      : { kind: 'real', detail: 'they have no row' };
    return {
      compared: [WHOLE_ROW],
      mismatches: [{ column: WHOLE_ROW, ours: null, theirs: null, ...verdict }],
    };
  }
  const judged = question.columns.flatMap((column) => {
    const tolerance = toleranceOf(question.dataset, column, question.pair);
    if (tolerance === undefined || isEmpty(ours[column]) || isEmpty(theirs[column])) return [];
    if (tolerance.kind === 'ratio') return compareRatio(question, column, tolerance);
    const [a, b] = [ours[column] ?? null, theirs[column] ?? null];
    return [{ column, ours: a, theirs: b, tolerance, ok: agrees(a, b, tolerance), verdict: undefined }];
  });
  const differing = judged.filter(({ ok }) => !ok).map(({ column }) => column);
  const cell = {
    ours,
    theirs,
    columns: differing,
    oursBefore: rowBefore(question, question.ours),
    theirsBefore: rowBefore(question, question.theirs),
    former: question.former,
  };
  const mismatches = judged
    .filter(({ ok }) => !ok)
    .map(({ column, ours: a, theirs: b, tolerance, verdict }) => ({
      column,
      ours: a,
      theirs: b,
      ...(verdict ?? classify(column, cell, tolerance)),
    }));
  return { compared: [WHOLE_ROW, ...judged.map(({ column }) => column)], mismatches };
}

function isEmpty(value: Row[string] | undefined): boolean {
  return value === undefined || value === null;
}

function rowBefore({ before }: CellQuestion, rows: RowsByDay): Row | undefined {
  return before === undefined ? undefined : rows.get(before);
}

interface Judged {
  readonly column: string;
  readonly ours: Row[string];
  readonly theirs: Row[string];
  readonly tolerance: Tolerance;
  readonly ok: boolean;
  /** Set where what differs is no value of the day alone. */
  readonly verdict: Verdict | undefined;
}

/** How a column changed since the first day that both sides have: the base that each counts from falls out. */
function compareRatio(question: CellQuestion, column: string, tolerance: Tolerance): Judged[] {
  const { day } = question;
  const since = [...question.ours.keys()]
    .toSorted()
    .find((other) => other < day && question.theirs.has(other));
  if (since === undefined) return [];
  const change = (rows: RowsByDay): number =>
    Number(rows.get(day)?.[column]) / Number(rows.get(since)?.[column]);
  const [ours, theirs] = [change(question.ours), change(question.theirs)];
  if (!Number.isFinite(ours) || !Number.isFinite(theirs)) return [];
  const ok = agrees(ours, theirs, tolerance);
  const verdict = ok ? undefined : { ...ratioVerdict(ours, theirs, tolerance, question.isFresh) };
  return [{ column, ours, theirs, tolerance, ok, verdict }];
}

function ratioVerdict(ours: number, theirs: number, tolerance: Tolerance, isFresh: boolean): Verdict {
  const flat = agrees(ours, 1, tolerance) ? 'ours' : agrees(theirs, 1, tolerance) ? 'theirs' : undefined;
  if (flat === undefined) return { kind: 'real', detail: 'both change, and by different factors' };
  const kind: MismatchKind = isFresh ? 'late' : 'adjustment';
  return { kind, detail: `${flat} knows of no ex-date here` };
}
