import type { World } from '../world/openWorld.ts';
import { adjFactorApi } from './adjFactor.ts';
import type { TushareApi } from './api.ts';
import { dailyApi } from './daily.ts';
import { dailyBasicApi } from './dailyBasic.ts';
import { stockBasicApi } from './stockBasic.ts';
import { tradeCalApi } from './tradeCal.ts';

/** Rows in one answer; interfaces that give everything in one call have no cap. */
const CAPS: Readonly<Record<string, number>> = { stock_basic: 6000, daily: 6000, daily_basic: 6000 };

/** The interfaces by name. `caps` replaces row caps, so that paging shows on little data. */
export function tushareApis(
  world: World,
  caps: Readonly<Record<string, number>> = {},
): ReadonlyMap<string, TushareApi> {
  const cap = (name: string): number => caps[name] ?? CAPS[name] ?? Infinity;
  const { tushare, calendar, ratios } = world;
  const apis = [
    stockBasicApi(tushare, cap('stock_basic')),
    tradeCalApi(calendar, cap('trade_cal')),
    dailyApi(tushare.table, cap('daily')),
    adjFactorApi(tushare, cap('adj_factor')),
    dailyBasicApi(tushare.table, ratios, cap('daily_basic')),
  ];
  return new Map(apis.map((api) => [api.name, api]));
}
