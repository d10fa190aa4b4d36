export * from './day.ts';
export * from './symbol/symbol.ts';
export * from './state/machine.ts';
export * from './run/states.ts';
export * from './run/itemStates.ts';
export * from './job/states.ts';
export * from './source/source.ts';
export * from './error/codes.ts';
export * from './error/appError.ts';
export * from './dataset/dataset.ts';
export * from './dataset/catalogue.ts';
export * from './calendar/calendar.ts';
export * from './calendar/builtin.ts';
export * from './calendar/openSpan.ts';
export * from './calendar/finality.ts';
export * from './calendar/quarters.ts';
export * from './coverage/bitmap.ts';
export * from './coverage/ranges.ts';
export { FIRST_SESSION, countExpected, expectedSpan, isExpected, type Listing } from './coverage/expected.ts';
export { type DayMembers, type InstrumentRange, type SweepInput } from './coverage/sweep.ts';
export {
  findGaps,
  type CellException,
  type CoverageSnapshot,
  type DayGap,
  type Gaps,
} from './coverage/gaps.ts';
export * from './coverage/summary.ts';
export * from './coverage/spans.ts';
export * from './coverage/fold.ts';
export * from './planner/plan.ts';
export * from './planner/planItems.ts';
export { daysToRead, planStream, type DayRead, type StreamInput } from './planner/planStream.ts';
export * from './planner/estimate.ts';
export { type ListingFacts, type Rule, type RuleId } from './quality/rule.ts';
export { QUALITY_RULES, ruleOf } from './quality/rules.ts';
export * from './quality/validate.ts';
export { BARS_A_SESSION } from './quality/sessionRules.ts';
export * from './series/factors.ts';
export { adjustedRow, dayBarOf, PRICE_COLUMNS, type DayBar } from './series/bars.ts';
export { spanBars, spanEnd, spanStart, type Span, type SpanBars } from './series/spanBars.ts';
export { INTERVALS, intervalBars, type Interval } from './series/minuteBars.ts';
export * from './symbol/spelling.ts';
export * from './reconcile/tolerance.ts';
export * from './reconcile/sample.ts';
export * from './reconcile/classify.ts';
export * from './reconcile/compareCell.ts';
export * from './reconcile/tally.ts';
