import {
  afterAnswer,
  afterBan,
  afterTrouble,
  CLOSED_BREAKER,
  passBreaker,
  type Breaker,
  type Instant,
  type SourceId,
} from '@tapekeeper/core';
import type { CallPermit, HostFacts, SourceRight } from '../../../packages/server/src/ports/sourceStore.ts';
import type { Memory } from './memory.ts';

const DAY_MS = 86_400_000;

/** A refusal is believed for a day. */
export function rights(memory: Memory): readonly SourceRight[] {
  const youngest = memory.now() - DAY_MS;
  return [...memory.tables.rights.values()].filter((right) => right.allowed || right.checkedAt > youngest);
}

export function saveRight(memory: Memory, right: Omit<SourceRight, 'checkedAt'>): void {
  memory.tables.rights.set(`${right.source} ${right.api}`, { ...right, checkedAt: memory.now() });
}

function breakerOf({ tables }: Memory, host: string): Breaker {
  return tables.breakers.get(host) ?? CLOSED_BREAKER;
}

/** The breaker alone decides: the budgets of the simulated hosts have no bottom. */
export function takeCall(memory: Memory, host: string): CallPermit {
  const passage = passBreaker(breakerOf(memory, host), memory.now());
  switch (passage.kind) {
    case 'closed':
      return { kind: 'granted' };
    case 'probe':
      memory.tables.breakers.set(host, passage.breaker);
      return { kind: 'granted' };
    case 'wait':
      return { kind: 'wait', waitMs: passage.waitMs };
    case 'open':
      return { kind: 'open', until: passage.until, reason: breakerOf(memory, host).reason };
  }
}

export function noteSuccess(memory: Memory, host: string): void {
  memory.tables.breakers.set(host, afterAnswer(breakerOf(memory, host), memory.now()));
}

export function noteFailure(
  memory: Memory,
  host: string,
  reason: string,
  threshold: number,
  firstPauseMs: number,
): void {
  const trouble = { reason, threshold, firstPauseMs };
  memory.tables.breakers.set(host, afterTrouble(breakerOf(memory, host), memory.now(), trouble));
}

export function openBreaker(memory: Memory, host: string, reason: string, pauseMs: number): Instant {
  const breaker = afterBan(breakerOf(memory, host), memory.now(), reason, pauseMs);
  memory.tables.breakers.set(host, breaker);
  return breaker.openUntil ?? memory.now();
}

export function hostFacts(memory: Memory, host: string): HostFacts {
  return { host, now: memory.now(), breaker: breakerOf(memory, host), budgets: [], latencies: [] };
}

/** A holder whose worker has stopped holds nothing. */
export function takeLease({ tables }: Memory, source: SourceId, workerId: number): boolean {
  const lease = tables.leases.get(source) ?? { workerId: null, wantedBy: null };
  tables.leases.set(source, lease);
  const holder = lease.workerId === null ? undefined : tables.workers.get(lease.workerId);
  if (holder !== undefined && holder.id !== workerId && holder.stoppedAt === null) {
    lease.wantedBy = workerId;
    return false;
  }
  lease.workerId = workerId;
  if (lease.wantedBy === workerId) lease.wantedBy = null;
  return true;
}

export function releaseLease({ tables }: Memory, source: SourceId, workerId: number): void {
  const lease = tables.leases.get(source);
  if (lease?.workerId === workerId) lease.workerId = null;
}

export function leaseWanted({ tables }: Memory, source: SourceId, workerId: number): boolean {
  const lease = tables.leases.get(source);
  const wanting = lease?.wantedBy == null ? undefined : tables.workers.get(lease.wantedBy);
  return (
    lease?.workerId === workerId &&
    wanting !== undefined &&
    wanting.stoppedAt === null &&
    wanting.id !== workerId
  );
}
