import { Bitmap } from '../coverage/bitmap.ts';
import type { DayGap } from '../coverage/gaps.ts';
import { exchangeOf } from '../symbol/symbol.ts';
import type { PlanInput } from './plan.ts';

/**
 * Parts gaps into those that the source can fill and those that it cannot: symbols of exchanges that it
 * does not serve, days before its first, instruments that no listing names. A day may be in both.
 */
export function splitServed({ capability, gaps, listings }: PlanInput): {
  readonly served: readonly DayGap[];
  readonly unserved: readonly DayGap[];
} {
  const able = new Bitmap();
  for (const { instrumentId, symbol } of listings) {
    if (capability.exchanges.includes(exchangeOf(symbol))) able.add(instrumentId);
  }
  const served: DayGap[] = [];
  const unserved: DayGap[] = [];
  for (const gap of gaps.days) {
    const tooEarly = capability.firstDay !== undefined && gap.day < capability.firstDay;
    const can = tooEarly ? new Bitmap() : gap.missing.clone().and(able);
    const cannot = gap.missing.clone().andNot(can);
    if (!can.isEmpty()) served.push({ day: gap.day, missing: can });
    if (!cannot.isEmpty()) unserved.push({ day: gap.day, missing: cannot });
  }
  return { served, unserved };
}
