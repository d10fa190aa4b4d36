import { AppError, type Instant } from '@tapekeeper/core';
import { bannedError } from '../ban.ts';
import type { Upstream } from '../watch.ts';

/** What Tushare said instead of rows. */
export interface TushareRefusal {
  readonly api: string;
  readonly code: number;
  readonly message: string;
}

/** Too many addresses for one token: the count is forgotten after half an hour without calls. */
const ADDRESS_PAUSE_MS = 30 * 60_000;

const WINDOWS = {
  分钟: { window: 'minute', windowSeconds: 60 },
  小时: { window: 'hour', windowSeconds: 3600 },
  天: { window: 'day', windowSeconds: 86_400 },
} as const;

const RATE = /每(?:分钟|小时|天)最多|频率超限|\d+次\/(?:分钟|小时|天)/;
const LIMIT_PER_WINDOW = /(\d+)次\/(分钟|小时|天)/;
const WINDOW_THEN_LIMIT = /每(分钟|小时|天)最多\D*(\d+)?/;

/**
 * The error of a refusal. One code (40203) stands for missing rights and for every kind of limit, and
 * the texts of limits speak of rights too, so the text decides and limits are looked for first.
 */
export function tushareRefusal(upstream: Upstream, refusal: TushareRefusal, now: Instant): AppError {
  const { api, code, message } = refusal;
  const facts = { ...upstream, api, message, upstreamCode: code };
  if (RATE.test(message)) {
    const limit = limitOf(message);
    return new AppError(limit.window === 'minute' ? 'rate_limited' : 'quota_exhausted', {
      ...facts,
      ...limit,
    });
  }
  if (code === 40204 || /IP数量超限/i.test(message))
    return bannedError(upstream, message, now, ADDRESS_PAUSE_MS);
  const ofToken = /token/i.test(message);
  if (code === 40101 && ofToken) return new AppError('bad_token', facts);
  if (code === 2002 || /权限|积分|permission denied/i.test(message))
    return new AppError('permission_denied', facts);
  if (ofToken) return new AppError('bad_token', facts);
  return new AppError('upstream_refused', facts);
}

type WindowName = keyof typeof WINDOWS;

/** A text that names no window is taken for the shortest one; without a number there is no `limit`. */
function limitOf(message: string): { window: string; windowSeconds: number; limit?: number } {
  const numberFirst = LIMIT_PER_WINDOW.exec(message);
  const windowFirst = WINDOW_THEN_LIMIT.exec(message);
  const unit = (numberFirst?.[2] ?? windowFirst?.[1] ?? '分钟') as WindowName;
  const limit = numberFirst?.[1] ?? windowFirst?.[2];
  return { ...WINDOWS[unit], ...(limit === undefined ? {} : { limit: Number(limit) }) };
}
