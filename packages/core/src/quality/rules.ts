import { DATASET_IDS } from '../dataset/catalogue.ts';
import type { DatasetId } from '../dataset/dataset.ts';
import { BAR_RULES } from './barRules.ts';
import { CELL_RULES } from './cellRules.ts';
import { FACTOR_RULES, INDICATOR_RULES } from './dailyRules.ts';
import { CALENDAR_RULES, STOCK_RULES } from './listRules.ts';
import type { RowRule, Rule, RuleId } from './rule.ts';
import { SHAPE_RULES } from './shape.ts';
import { SLIP_RULES } from './slip.ts';

/** Rules of single rows by data set, in the order in which they are applied; the first refusal counts. */
export const ROW_RULES: Readonly<Record<DatasetId, readonly RowRule[]>> = {
  stock_basics: STOCK_RULES,
  trade_calendar: CALENDAR_RULES,
  daily_bars: [...CELL_RULES, ...BAR_RULES],
  daily_basics: [...CELL_RULES, ...INDICATOR_RULES],
  adj_factors: [...CELL_RULES, ...FACTOR_RULES],
};

/** Every rule of each data set, for the reference page. */
export const QUALITY_RULES: Readonly<Record<DatasetId, readonly Rule[]>> = {
  stock_basics: [...SHAPE_RULES, ...ROW_RULES.stock_basics],
  trade_calendar: [...SHAPE_RULES, ...ROW_RULES.trade_calendar],
  daily_bars: [...SHAPE_RULES, ...ROW_RULES.daily_bars, ...SLIP_RULES],
  daily_basics: [...SHAPE_RULES, ...ROW_RULES.daily_basics],
  adj_factors: [...SHAPE_RULES, ...ROW_RULES.adj_factors],
};

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
