import {
  builtinCalendar,
  DATASETS,
  estimateMs,
  findGaps,
  planItems,
  type Capability,
  type CallShape,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import { tushareQueries } from '../../packages/server/src/sources/tushare/questions.ts';
import { CALL_LATENCY_MS, type Tier } from './tiers.ts';

/** What the planner says of an empty database. */
export interface PlanCost {
  readonly shape: CallShape;
  readonly calls: number;
  readonly rows: number;
  readonly ms: number;
}

export interface Market {
  readonly listings: readonly Listing[];
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/** Asks the planner for all that a source can give of a data set, and what the calls take at the pace of a tier. */
export function planCost(market: Market, capability: Capability, tier: Tier): PlanCost {
  const { calls, shape, rows } = planned(market, capability);
  const dayMs = 86_400_000;
  const paced = estimateMs(calls, { perMinute: tier.perMinute, latencyMs: CALL_LATENCY_MS });
  const fullDays = tier.perDay === undefined ? 0 : Math.ceil(calls / tier.perDay) - 1;
  return { shape, calls, rows, ms: Math.max(paced, fullDays * dayMs) };
}

function planned({ listings, from, to }: Market, capability: Capability): Omit<PlanCost, 'ms'> {
  const dataset = capability.dataset as keyof typeof DATASETS;
  if (DATASETS[dataset].kind !== 'grid')
    return { shape: 'all', calls: tableCalls(capability, from, to), rows: 0 };
  const calendar = builtinCalendar();
  const gaps = findGaps({ calendar, listings, from, to, coverage: { ranges: [], days: [], exceptions: [] } });
  const plan = planItems({ dataset, capability, gaps, calendar, listings });
  if (plan.shape === null) throw new Error(`nothing of ${dataset} was planned`);
  return { shape: plan.shape, calls: plan.calls, rows: plan.cells };
}

/** Tushare is asked for each list of stocks and for each calendar by itself; one page holds each. */
function tableCalls({ api, dataset }: Capability, from: PlainDay, to: PlainDay): number {
  const isTushare = api === 'stock_basic' || api === 'trade_cal';
  return isTushare
    ? tushareQueries({ shape: 'all', dataset: dataset as keyof typeof DATASETS, from, to }).length
    : 1;
}
