import type { PlainDay, SourceId } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { Source } from '../ports/source.ts';
import { createAkshareSource } from './akshare/akshareSource.ts';
import { createBaostockSource } from './baostock/baostockSource.ts';
import { createTushareSource } from './tushare/tushareSource.ts';

export interface SourceWiring {
  readonly clock: Clock;
  readonly tushareUrl: string;
  /** Read before each call, so that a new token needs no restart. */
  readonly tushareToken: () => string | undefined;
  readonly baostockUrl: string;
  /** Stands in for every origin of the public endpoints; null asks the real ones. */
  readonly akshareUrl: string | null;
  /** Trading days of a range, inclusive and ascending. */
  readonly tradingDays: (from: PlainDay, to: PlainDay) => Promise<readonly PlainDay[]>;
}

/** Every source that there is, by its name. */
export function createSources(wiring: SourceWiring): ReadonlyMap<SourceId, Source> {
  const { clock, tradingDays, akshareUrl } = wiring;
  const sources = [
    createTushareSource({ baseUrl: wiring.tushareUrl, token: wiring.tushareToken, clock }),
    createAkshareSource({ clock, tradingDays, ...(akshareUrl === null ? {} : { baseUrl: akshareUrl }) }),
    createBaostockSource({ address: wiring.baostockUrl, clock, tradingDays }),
  ];
  return new Map(sources.map((source) => [source.id, source]));
}
