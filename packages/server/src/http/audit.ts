import { isKnown, may, type ErrorCode, type ObjectKind } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppDeps } from '../app/deps.ts';
import type { OperationId } from '../ports/operationStore.ts';
import { operationOf, policyOf } from './auth/authorise.ts';
import type { HttpApp } from './context.ts';

/** What a route tells of what it changes; secrets are never part of it. */
export interface OperationNotes {
  /** Kind of the object, where it is another than the policy says. */
  kind: ObjectKind;
  id: string | null;
  before: unknown;
  after: unknown;
}

interface OpenOperation {
  readonly id: OperationId;
  readonly notes: OperationNotes;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request that changes something. */
    operation: OpenOperation | null;
    /** Why the request was turned away, once it was. */
    refusal: ErrorCode | null;
  }
}

const LONGEST_AGENT = 400;

/** What a route that changes something tells of it; what is left out stays as it was told before. */
export function noteOperation(request: FastifyRequest, notes: Partial<OperationNotes>): void {
  if (request.operation !== null) Object.assign(request.operation.notes, notes);
}

/**
 * Writes a line of the audit log before somebody known changes something, or is refused to. It is there before the
 * work begins, so that nothing is changed which nobody can find out about. Who is unknown changes nothing, and is
 * turned away without a line: otherwise anybody could fill the disk.
 */
export async function beginOperation(deps: AppDeps, request: FastifyRequest): Promise<void> {
  const policy = policyOf(request);
  const { identity, id: requestId } = request;
  if (policy === undefined || policy.changes === null) return;
  // this machine may change things without a name where a setting says so
  if (!isKnown(identity) && !may(identity, 'operate')) return;
  const params = Object.values((request.params ?? {}) as Record<string, unknown>);
  const id = await deps.store.beginOperation({
    action: operationOf(request.routeOptions.schema as { operationId?: unknown }) ?? '',
    actor: identity.name,
    userId: identity.userId,
    proof: identity.proof,
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, LONGEST_AGENT) ?? null,
    requestId,
  });
  const notes = {
    kind: policy.changes,
    id: params.length === 0 ? null : params.join('/'),
    before: null,
    after: null,
  };
  request.operation = { id, notes };
}

/** Completes the line before the answer leaves, so that whoever has the answer can find the line. */
export function completeOperations(app: HttpApp, deps: AppDeps): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.operation !== null) await complete(deps, request, reply);
    return payload;
  });
}

async function complete(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { id, notes } = request.operation as OpenOperation;
  request.operation = null;
  const { statusCode: status } = reply;
  const result = status < 400 ? 'ok' : status < 500 ? 'refused' : 'failed';
  try {
    await deps.store.finishOperation(id, {
      ...notes,
      result,
      status,
      errorCode: request.refusal,
      durationMs: Math.round(reply.elapsedTime),
    });
  } catch (error) {
    deps.log.error(
      { requestId: request.id, operation: id, err: error },
      'an operation could not be completed',
    );
  }
}
