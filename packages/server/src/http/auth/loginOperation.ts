import type { ObjectKind } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import type { AppDeps } from '../../app/deps.ts';
import type { User } from '../../ports/accessStore.ts';
import { operationOf } from './authorise.ts';

const LONGEST_AGENT = 400;

/**
 * Begins the line of the audit log of somebody who is about to show who they are; it is completed with the answer,
 * as those of changes are. A name that belongs to no user is not kept: people type passwords there.
 */
export async function beginLoginOperation(
  deps: Pick<AppDeps, 'store'>,
  request: FastifyRequest,
  kind: ObjectKind,
  user: Pick<User, 'id' | 'name'> | undefined,
): Promise<void> {
  const id = await deps.store.beginOperation({
    action: operationOf(request.routeOptions.schema as { operationId?: unknown }) ?? '',
    actor: user?.name ?? request.identity.name,
    userId: user?.id ?? null,
    proof: request.identity.proof,
    ip: request.ip,
    userAgent: userAgentOf(request),
    requestId: request.id,
  });
  request.operation = { id, notes: { kind, id: null, before: null, after: null } };
}

/** What a client calls itself, cut to what is kept. */
export function userAgentOf(request: FastifyRequest): string | null {
  return request.headers['user-agent']?.slice(0, LONGEST_AGENT) ?? null;
}
