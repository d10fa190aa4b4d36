import { finished } from 'node:stream';
import { AppError, type Identity } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operationOf } from './auth/authorise.ts';

/** How much is answered at a time. */
export interface LoadLimits {
  /** Requests being answered; those beyond are told to come again. */
  readonly mostRequests: number;
  /** How late the event loop is, in milliseconds; once it is late for long, nothing more is begun. */
  readonly lateMs: () => number;
  /** Runs begun by people that may be open. */
  readonly mostOpenRuns: number;
}

export interface LoadGate {
  /** Throws `overloaded` before any work is done on a request that is one too many. */
  admit(request: FastifyRequest, reply: FastifyReply): void;
  /** Throws `too_many_requests` where whoever asks has enough costly requests under way. */
  take(request: FastifyRequest, reply: FastifyReply): void;
}

/** Routes that are open for as long as somebody looks on, and cost nothing meanwhile. */
const LASTING: ReadonlySet<string> = new Set([
  'streamEvents',
  'tradingAgentsStreamTask',
  'tradingAgentsStreamBatch',
]);
/** Whether the process lives is answered whatever else it is at. */
const ALWAYS: ReadonlySet<string> = new Set(['alive']);
/** Routes that read much: whoever asks has a few of them at a time. */
export const COSTLY: ReadonlySet<string> = new Set(['readData', 'exportOperations']);
const MOST_COSTLY = 4;

/** A loop that is late by this on average has more to do than it can; a single long turn does not count. */
const TOO_LATE_MS = 500;

const UNLIMITED: LoadLimits = { mostRequests: Infinity, lateMs: () => 0, mostOpenRuns: Infinity };

/**
 * What keeps a server answering when more is asked of it than it can do: the rest is refused at once, which
 * costs next to nothing, rather than all of it late.
 */
export function createLoadGate({ mostRequests, lateMs }: LoadLimits = UNLIMITED): LoadGate {
  let open = 0;
  const costly = new Map<string, number>();
  const change = (who: string, by: number): void => {
    const count = (costly.get(who) ?? 0) + by;
    if (count > 0) costly.set(who, count);
    else costly.delete(who);
  };
  return {
    admit(request, reply) {
      const operation = nameOf(request);
      if (ALWAYS.has(operation)) return;
      if (open >= mostRequests || lateMs() > TOO_LATE_MS) throw new AppError('overloaded');
      if (LASTING.has(operation)) return;
      open += 1;
      finished(reply.raw, () => (open -= 1));
    },
    take(request, reply) {
      if (!COSTLY.has(nameOf(request))) return;
      const who = keyOf(request.identity, request.ip);
      const count = costly.get(who) ?? 0;
      if (count >= MOST_COSTLY) throw new AppError('too_many_requests', { count });
      change(who, 1);
      finished(reply.raw, () => change(who, -1));
    },
  };
}

function nameOf(request: FastifyRequest): string {
  return operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined) ?? '';
}

/** Who is known is counted wherever they ask from, all others by their address. */
function keyOf({ proof, userId, name }: Identity, ip: string): string {
  return proof === 'loopback' || proof === 'nobody' ? `${proof} ${ip}` : `${proof} ${userId ?? name}`;
}
