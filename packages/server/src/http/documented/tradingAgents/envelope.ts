import type { Instant } from '@tapekeeper/core';
import { z } from 'zod';
import type { Refused } from '../system.ts';
import { zonedShanghai } from '../times.ts';

/** `{success, data, message, timestamp}`, as the scheduler and the notifications answer. */
export interface Ok<Data> {
  readonly success: true;
  readonly data: Data;
  readonly message: string;
  /** With its zone, +08:00. */
  readonly timestamp: string;
}

/**
 * What went well, in the envelope with a time.
 * @example ok(await deps.store.now(), jobs, `获取到 ${jobs.length} 个定时任务`)
 */
export function ok<Data>(now: Instant, data: Data, message = 'ok'): Ok<Data> {
  return { success: true, data, message, timestamp: zonedShanghai(now) };
}

export function okSchema<Data extends z.ZodType>(data: Data) {
  return z.strictObject({ success: z.literal(true), data, message: z.string(), timestamp: z.string() });
}

/** `{success, data, message}`, as logins, syncs, health and operation logs answer; `success` may say no. */
export function told<Data>(data: Data, message: string, success = true) {
  return { success, data, message };
}

export function toldSchema<Data extends z.ZodType>(data: Data) {
  return z.strictObject({ success: z.boolean(), data, message: z.string() });
}

/** Keys of their errors; a fault of the server has a block of its own beside them. */
export function refusalEnvelope({ status, requestId }: Refused) {
  const refusal = { success: false, data: null, code: status };
  if (status < 500) return refusal;
  const message = 'Internal server error occurred';
  return { ...refusal, error: { code: 'INTERNAL_SERVER_ERROR', message, request_id: requestId } };
}
