import { DATASET_IDS } from '../dataset/catalogue.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import { BAR_RULES } from './barRules.ts';
import { CELL_RULES } from './cellRules.ts';
import { FACTOR_RULES, INDICATOR_RULES } from './dailyRules.ts';
import { CALENDAR_RULES, STOCK_RULES } from './listRules.ts';
import type { RowRule, Rule, RuleId } from './rule.ts';
import { DIVIDEND_RULES, REPORT_RULES, STATEMENT_RULES } from './reportRules.ts';
import { INDEX_BAR_RULES, INDEX_LIST_RULES } from './indexRules.ts';
import { LIMIT_RULES, MINUTE_RULES, QUOTE_RULES } from './sessionRules.ts';
import { ANNOUNCEMENT_RULES, NAME_RULES, SUSPENSION_RULES } from './streamRules.ts';
import { SHAPE_RULES } from './shape.ts';
import { SLIP_RULES } from './slip.ts';

/** Rules of single rows by data set, in the order in which they are applied; the first refusal counts. */
export const ROW_RULES: Readonly<Record<DatasetId, readonly RowRule[]>> = {
  stock_basics: STOCK_RULES,
  trade_calendar: CALENDAR_RULES,
  daily_bars: [...CELL_RULES, ...BAR_RULES],
  daily_basics: [...CELL_RULES, ...INDICATOR_RULES],
  adj_factors: [...CELL_RULES, ...FACTOR_RULES],
  weekly_bars: [],
  monthly_bars: [],
  minute_bars: [...CELL_RULES, ...MINUTE_RULES],
  index_basics: INDEX_LIST_RULES,
  index_bars: INDEX_BAR_RULES,
  price_limits: [...CELL_RULES, ...LIMIT_RULES],
  quotes: [...CELL_RULES, ...QUOTE_RULES],
  financials: [...REPORT_RULES, ...STATEMENT_RULES],
  dividends: [...REPORT_RULES, ...DIVIDEND_RULES],
  suspensions: [...CELL_RULES, ...SUSPENSION_RULES],
  name_changes: NAME_RULES,
  news: [],
  announcements: ANNOUNCEMENT_RULES,
};

/** Data sets of which amount and volume are judged together, board by board. */
export const SLIP_DATASETS: ReadonlySet<DatasetId> = new Set(['daily_bars', 'minute_bars', 'quotes']);

/** Every rule of each data set, for the reference page. */
export const QUALITY_RULES = Object.fromEntries(
  DATASET_IDS.map((dataset) => [
    dataset,
    [...SHAPE_RULES, ...ROW_RULES[dataset], ...(SLIP_DATASETS.has(dataset) ? SLIP_RULES : [])],
  ]),
) as unknown as Readonly<Record<DatasetId, readonly Rule[]>>;

const RULES = new Map(
  DATASET_IDS.flatMap((dataset) => QUALITY_RULES[dataset]).map((rule) => [rule.id, rule]),
);

/**
 * The rule of an id, as kept with a row in quarantine; undefined for what is no rule of this release.
 * @example ruleOf('ohlc_order')?.text.en
 */
export function ruleOf(id: string): Rule | undefined {
  return RULES.get(id as RuleId);
}
