import type { Calendar } from '../calendar/calendar.ts';
import { DATASETS, keyColumns } from '../dataset/catalogue.ts';
import type { DatasetId, Row } from '../dataset/dataset.ts';
import type { Board, Symbol } from '../symbol/symbol.ts';
import { BatchKeys } from './batchKeys.ts';
import type { ListingFacts, RowContext, RowRule, RuleId } from './rule.ts';
import { ROW_RULES, SLIP_DATASETS } from './rules.ts';
import { columnFault, type Fault } from './shape.ts';
import { amountRatio, slipFactor } from './slip.ts';

/** A row with what a rule says of it. */
export interface Finding {
  readonly row: Row;
  readonly rule: RuleId;
  /** The values that broke the rule. */
  readonly detail: string;
}

export interface BatchVerdict {
  /** To be stored, flagged ones among them, in the order of the batch. */
  readonly accepted: readonly Row[];
  /** To be kept in quarantine; each row once, with the first rule that it broke. */
  readonly refused: readonly Finding[];
  /** Accepted rows that look odd; a row may have several. */
  readonly flags: readonly Finding[];
}

export interface BatchInput {
  readonly dataset: DatasetId;
  readonly rows: readonly Row[];
  readonly calendar: Calendar;
  /** What the stock list says of a symbol; undefined where it does not have it. Asked once a symbol. */
  readonly listingOf: (symbol: Symbol) => ListingFacts | undefined;
}

/**
 * Judges the canonical rows of one answer: by the columns and key of the data set, by its rules row by
 * row, and for bars by their units together. A second row of a key is refused, the first stays.
 * @example validateBatch({ dataset: 'daily_bars', rows, calendar, listingOf }).refused
 */
export function validateBatch(input: BatchInput): BatchVerdict {
  const { dataset, rows, calendar, listingOf } = input;
  // owner and day are read with the key
  const { owner, day } = keyColumns(dataset);
  const columns = DATASETS[dataset].columns.filter(({ name }) => name !== owner && name !== day);
  const refusals = ROW_RULES[dataset].filter((rule) => rule.action === 'refuse');
  const doubts = ROW_RULES[dataset].filter((rule) => rule.action === 'flag');
  const keys = new BatchKeys(dataset, calendar, listingOf);
  const accepted: Row[] = [];
  const refused: Finding[] = [];
  const flags: Finding[] = [];
  const boards: (Board | null)[] = [];
  for (const row of rows) {
    const fault =
      keys.read(row) ??
      columnFault(row, columns) ??
      ruleFault(row, refusals, keys.context) ??
      keys.claim(row);
    if (fault !== undefined) {
      refused.push({ row, ...fault });
      continue;
    }
    accepted.push(row);
    boards.push(keys.context.symbol.listing?.board ?? null);
    for (const rule of doubts) {
      const detail = rule.check(row, keys.context);
      if (detail !== undefined) flags.push({ row, rule: rule.id, detail });
    }
  }
  const verdict = { accepted, refused, flags };
  return SLIP_DATASETS.has(dataset) ? withoutSlips(verdict, boards) : verdict;
}

function ruleFault(row: Row, rules: readonly RowRule[], context: RowContext): Fault | undefined {
  for (const rule of rules) {
    const detail = rule.check(row, context);
    if (detail !== undefined) return { rule: rule.id, detail };
  }
  return undefined;
}

/** Sends the rows of every board whose units are off by a power of ten to quarantine. */
function withoutSlips(verdict: BatchVerdict, boards: readonly (Board | null)[]): BatchVerdict {
  const slips = slipsByBoard(verdict.accepted, boards);
  if (slips.size === 0) return verdict;
  const accepted: Row[] = [];
  const refused = [...verdict.refused];
  verdict.accepted.forEach((row, i) => {
    const factor = slips.get(boards[i]!);
    if (factor === undefined) accepted.push(row);
    else refused.push({ row, rule: 'factor_100_slip', detail: `amount is ${factor} × volume × price` });
  });
  const kept = new Set(accepted);
  return { accepted, refused, flags: verdict.flags.filter(({ row }) => kept.has(row)) };
}

function slipsByBoard(rows: readonly Row[], boards: readonly (Board | null)[]): Map<Board | null, number> {
  const ratios = new Map<Board | null, number[]>();
  rows.forEach((row, i) => {
    const ratio = amountRatio(row);
    if (Number.isNaN(ratio)) return;
    const ofBoard = ratios.get(boards[i]!);
    if (ofBoard === undefined) ratios.set(boards[i]!, [ratio]);
    else ofBoard.push(ratio);
  });
  const slips = new Map<Board | null, number>();
  for (const [board, ofBoard] of ratios) {
    const factor = slipFactor(Float64Array.from(ofBoard));
    if (factor !== undefined) slips.set(board, factor);
  }
  return slips;
}
