import type { World } from '../world/world.ts';
import { adjFactorApi } from './adjFactor.ts';
import type { TushareApi } from './api.ts';
import { bseMappingApi } from './bseMapping.ts';
import { dailyApi } from './daily.ts';
import { dailyBasicApi } from './dailyBasic.ts';
import { dividendApi } from './dividend.ts';
import { indexBasicApi, indexDailyApi } from './indexApis.ts';
import { realtimeApi } from './rtK.ts';
import { spanBarsApi } from './spanBars.ts';
import { statementApis } from './statements.ts';
import { stkLimitApi } from './stkLimit.ts';
import { stockBasicApi } from './stockBasic.ts';
import { announcementApi, nameChangeApi, newsApi, suspendDApi } from './streams.ts';
import { tradeCalApi } from './tradeCal.ts';

/** Rows in one answer; interfaces of which no cap is known give everything in one call. */
const CAPS: Readonly<Record<string, number>> = {
  stock_basic: 6000,
  daily: 6000,
  daily_basic: 6000,
  weekly: 6000,
  monthly: 4500,
  index_basic: 8000,
  index_daily: 8000,
  stk_limit: 5800,
  rt_k: 6000,
  fina_indicator: 100,
  dividend: 2000,
  namechange: 10_000,
  news: 1500,
  anns_d: 2000,
  bse_mapping: 1000,
};

/**
 * The interfaces by name. `caps` replaces row caps, so that paging shows on little data.
 * @param now epoch milliseconds, for quotes
 */
export function tushareApis(
  world: World,
  caps: Readonly<Record<string, number>> = {},
  now: () => number = Date.now,
): ReadonlyMap<string, TushareApi> {
  const cap = (name: string): number => caps[name] ?? CAPS[name] ?? Infinity;
  const { tushare, calendar, ratios, facts } = world;
  const apis = [
    stockBasicApi(tushare, cap('stock_basic')),
    tradeCalApi(calendar, cap('trade_cal')),
    dailyApi(tushare.table, cap('daily')),
    adjFactorApi(tushare, cap('adj_factor')),
    dailyBasicApi(tushare.table, ratios, cap('daily_basic')),
    spanBarsApi('weekly', world, cap('weekly')),
    spanBarsApi('monthly', world, cap('monthly')),
    indexBasicApi(facts, cap('index_basic')),
    indexDailyApi(facts, cap('index_daily')),
    stkLimitApi(world, cap('stk_limit')),
    realtimeApi(tushare, now, cap('rt_k')),
    ...statementApis(facts, cap),
    dividendApi(world, cap('dividend')),
    suspendDApi(world, cap('suspend_d')),
    nameChangeApi(world, cap('namechange')),
    newsApi(world, cap('news')),
    announcementApi(world, cap('anns_d')),
    bseMappingApi(world, cap('bse_mapping')),
  ];
  return new Map(apis.map((api) => [api.name, api]));
}
