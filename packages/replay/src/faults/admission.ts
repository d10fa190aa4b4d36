import { SHANGHAI_OFFSET_MS } from '@tapekeeper/core';
import { TUSHARE_REFUSALS } from '../tushare/refusals.ts';
import type { CallFacts, Fault, FaultRule } from './fault.ts';

type Quota = Extract<Fault, { kind: 'quota' }>;
type Refusal = Extract<Fault, { kind: 'error' }>;

/** Counting by the clock for one rule of the kinds ban, limit and quota. */
export interface Admission {
  /** Counts a call that matches the rule; the refusal where a quota is used up. */
  count(call: CallFacts): Refusal | undefined;
  /** Whether the address of a call (any of the same group) is shut out now; says so once for each call. */
  refuses(call: CallFacts): boolean;
}

const PERIOD_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** @returns undefined for faults that need no counting of their own */
export function makeAdmission(rule: FaultRule, now: () => number): Admission | undefined {
  const { fault } = rule;
  if (fault.kind === 'ban') return banAdmission(rule, fault.afterCalls);
  if (fault.kind === 'limit') return limitAdmission(rule, fault, now);
  return fault.kind === 'quota' ? quotaAdmission(rule, fault, now) : undefined;
}

function banAdmission(rule: FaultRule, afterCalls: number): Admission {
  const calls = new Map<string, number>();
  let refused = 0;
  return {
    count(call) {
      if (!isSpent(rule, refused)) calls.set(groupOf(call), (calls.get(groupOf(call)) ?? 0) + 1);
      return undefined;
    },
    refuses(call) {
      if (call.protocol !== rule.match.protocol || isSpent(rule, refused)) return false;
      if ((calls.get(groupOf(call)) ?? 0) <= afterCalls) return false;
      refused += 1;
      return true;
    },
  };
}

/** Calls that come in during a pause are refused and count for nothing. */
function limitAdmission(
  rule: FaultRule,
  limit: Extract<Fault, { kind: 'limit' }>,
  now: () => number,
): Admission {
  const times = new Map<string, number[]>();
  const pausedUntil = new Map<string, number>();
  let pauses = 0;
  const paused = (group: string): boolean => now() < (pausedUntil.get(group) ?? -Infinity);
  return {
    count(call) {
      const group = groupOf(call);
      if (paused(group) || isSpent(rule, pauses)) return undefined;
      const recent = (times.get(group) ?? []).filter((at) => at > now() - limit.windowSeconds * 1000);
      recent.push(now());
      if (recent.length > limit.calls) {
        pauses += 1;
        pausedUntil.set(group, now() + limit.pauseSeconds * 1000);
        recent.length = 0;
      }
      times.set(group, recent);
      return undefined;
    },
    refuses: (call) => call.protocol === rule.match.protocol && paused(groupOf(call)),
  };
}

function quotaAdmission(rule: FaultRule, quota: Quota, now: () => number): Admission {
  const used = new Map<string, { period: number; calls: number }>();
  let refused = 0;
  return {
    count({ api }) {
      if (isSpent(rule, refused)) return undefined;
      const period = Math.floor((now() + SHANGHAI_OFFSET_MS) / PERIOD_MS[quota.per]);
      const last = used.get(api);
      const entry = last?.period === period ? last : { period, calls: 0 };
      used.set(api, entry);
      if (entry.calls < quota.calls) {
        entry.calls += 1;
        return undefined;
      }
      refused += 1;
      return { kind: 'error', ...quotaRefusal(quota) };
    },
    refuses: () => false,
  };
}

function quotaRefusal({ calls, per }: Quota): { readonly code: number | string; readonly message: string } {
  const { perMinute, perHour, perDay } = TUSHARE_REFUSALS;
  return { minute: perMinute, hour: perHour, day: perDay }[per](calls);
}

function groupOf({ group, protocol }: CallFacts): string {
  return group ?? protocol;
}

function isSpent({ times }: FaultRule, strikes: number): boolean {
  return times !== undefined && strikes >= times;
}
