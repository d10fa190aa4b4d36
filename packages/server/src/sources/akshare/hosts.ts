import { AppError } from '@tapekeeper/core';
import type { Upstream } from '../watch.ts';

/** Names that budgets, breakers and errors know the upstreams by. */
export type AkshareHostId =
  | 'eastmoney_push2'
  | 'eastmoney_datacenter'
  | 'eastmoney_f10'
  | 'eastmoney_news'
  | 'sina'
  | 'tencent'
  | 'szse'
  | 'sse'
  | 'bse'
  | 'cninfo';

export interface AkshareHost {
  readonly host: AkshareHostId;
  /** At most `capacity` calls of an interface (`*` all) in a window. */
  readonly budgets: readonly {
    readonly api: string;
    readonly windowSeconds: number;
    readonly capacity: number;
  }[];
  /** How long the host is left alone after the first ban; whoever keeps the breaker doubles it. */
  readonly banPauseMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const everyCall = (windowSeconds: number, capacity: number) => ({ api: '*', windowSeconds, capacity });

/**
 * Defaults that are meant to keep an address unbanned. The first host is the one that bans soonest, for
 * hours, and for a pace that other sites would not notice.
 */
export const AKSHARE_HOSTS: readonly AkshareHost[] = [
  {
    host: 'eastmoney_push2',
    budgets: [everyCall(2, 1), everyCall(3600, 600)],
    banPauseMs: 30 * MINUTE_MS,
  },
  { host: 'eastmoney_datacenter', budgets: [everyCall(1, 2)], banPauseMs: 30 * MINUTE_MS },
  { host: 'eastmoney_f10', budgets: [everyCall(1, 2)], banPauseMs: 30 * MINUTE_MS },
  { host: 'eastmoney_news', budgets: [everyCall(1, 2)], banPauseMs: 30 * MINUTE_MS },
  { host: 'sina', budgets: [everyCall(1, 1)], banPauseMs: 6 * HOUR_MS },
  {
    host: 'tencent',
    budgets: [everyCall(1, 5), { api: 'newfqkline', windowSeconds: 1, capacity: 1 }],
    banPauseMs: HOUR_MS,
  },
  { host: 'szse', budgets: [everyCall(2, 1)], banPauseMs: HOUR_MS },
  { host: 'sse', budgets: [everyCall(2, 1)], banPauseMs: HOUR_MS },
  { host: 'bse', budgets: [everyCall(2, 1)], banPauseMs: HOUR_MS },
  { host: 'cninfo', budgets: [everyCall(1, 2)], banPauseMs: HOUR_MS },
];

/** Web addresses that are called, each counted under one host. */
export const ORIGINS = {
  push2: { base: 'https://82.push2.eastmoney.com', host: 'eastmoney_push2' },
  push2his: { base: 'https://push2his.eastmoney.com', host: 'eastmoney_push2' },
  datacenter: { base: 'https://datacenter-web.eastmoney.com', host: 'eastmoney_datacenter' },
  f10: { base: 'https://emweb.securities.eastmoney.com', host: 'eastmoney_f10' },
  emsearch: { base: 'https://search-api-web.eastmoney.com', host: 'eastmoney_news' },
  emnotice: { base: 'https://np-anotice-stock.eastmoney.com', host: 'eastmoney_news' },
  sina: { base: 'https://finance.sina.com.cn', host: 'sina' },
  sina_list: { base: 'http://vip.stock.finance.sina.com.cn', host: 'sina' },
  sina_hq: { base: 'https://hq.sinajs.cn', host: 'sina' },
  tencent: { base: 'https://qt.gtimg.cn', host: 'tencent' },
  tencent_kline: { base: 'https://proxy.finance.qq.com', host: 'tencent' },
  szse: { base: 'https://www.szse.cn', host: 'szse' },
  sse: { base: 'https://query.sse.com.cn', host: 'sse' },
  bse: { base: 'https://www.bse.cn', host: 'bse' },
  cninfo: { base: 'http://www.cninfo.com.cn', host: 'cninfo' },
} as const satisfies Record<string, { readonly base: string; readonly host: AkshareHostId }>;

export type OriginId = keyof typeof ORIGINS;

/** Whom errors about an origin are about. */
export function upstreamOf(origin: OriginId): Upstream {
  return { source: 'akshare', host: ORIGINS[origin].host };
}

/** How long a host is left alone after a ban. */
export function banPauseOf(host: AkshareHostId): number {
  return AKSHARE_HOSTS.find((each) => each.host === host)?.banPauseMs ?? HOUR_MS;
}

/** `malformed` in the name of an origin. */
export function malformedFrom(origin: OriginId, message: string, cause?: unknown): AppError {
  return new AppError('malformed', { ...upstreamOf(origin), message }, cause);
}
