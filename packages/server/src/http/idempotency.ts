import { createHash } from 'node:crypto';
import { AppError } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppDeps } from '../app/deps.ts';
import type { KeyedRequest, RequestClaim } from '../ports/requestStore.ts';
import { noteOperation } from './audit.ts';
import { operationOf } from './auth/authorise.ts';

/** Header of an answer that was given before. */
export const REPLAYED_HEADER = 'idempotent-replayed';

/** What a request makes, and how it is shown. */
export interface Asked<Body> {
  /** Makes the thing by these dependencies and no others; gives its number. */
  make(deps: AppDeps): Promise<number>;
  present(id: number): Promise<Body>;
}

export interface Answered<Body> {
  readonly id: number;
  readonly body: Body;
}

interface Exchange {
  readonly deps: AppDeps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Makes what a request asks for, once: a request with the header `Idempotency-Key` that comes again is answered as
 * before. The making itself notes that it has happened, so that a process which dies on the way leaves either
 * nothing or what the next request finds. What is refused or fails without having made anything frees the key.
 * Raises `idempotency_mismatch` and `idempotency_busy`.
 */
export async function once<Body>(exchange: Exchange, asked: Asked<Body>): Promise<Answered<Body>> {
  const answered = await answerOnce(exchange, asked);
  noteOperation(exchange.request, { id: String(answered.id) });
  return answered;
}

async function answerOnce<Body>(exchange: Exchange, asked: Asked<Body>): Promise<Answered<Body>> {
  const { deps, request, reply } = exchange;
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') {
    const id = await asked.make(deps);
    return { id, body: await asked.present(id) };
  }
  const standing = await deps.store.claimRequest(keyedRequest(request, key));
  switch (standing.kind) {
    case 'mismatch':
      throw new AppError('idempotency_mismatch', { key, operation: standing.operation });
    case 'busy': {
      const seconds = Math.max(1, Math.ceil(standing.leftMs / 1000));
      reply.header('retry-after', seconds);
      throw new AppError('idempotency_busy', { seconds });
    }
    case 'made': {
      const { claim, madeId: id, answer } = standing;
      reply.header(REPLAYED_HEADER, 'true');
      return answer === null ? answerWith(deps, claim, id, asked) : { id, body: answer as Body };
    }
    case 'claimed': {
      const { claim } = standing;
      return answerWith(deps, claim, await makeUnder(deps, claim, asked), asked);
    }
  }
}

function keyedRequest(request: FastifyRequest, key: string): KeyedRequest {
  const operation = operationOf(request.routeOptions.schema as { operationId?: unknown }) ?? '';
  return { owner: ownerOf(request), key, operation, digest: digestOf(request) };
}

async function makeUnder<Body>(deps: AppDeps, claim: RequestClaim, asked: Asked<Body>): Promise<number> {
  try {
    return await asked.make({ ...deps, store: { ...deps.store, ...deps.store.makingFor(claim) } });
  } catch (error) {
    // where it cannot be forgotten now, the claim is over after a minute
    await deps.store.forgetRequest(claim).catch(() => {});
    throw error;
  }
}

async function answerWith<Body>(
  { store, log }: AppDeps,
  claim: RequestClaim,
  id: number,
  asked: Asked<Body>,
): Promise<Answered<Body>> {
  const body = await asked.present(id);
  // without it, the next one who asks is shown the thing as it is then
  await store.keepAnswer(claim, id, body).catch((error: unknown) => {
    log.warn({ request: claim.id, err: error }, 'the answer to a request with a key could not be kept');
  });
  return { id, body };
}

/** A key belongs to who sent it; a name of a person and that of a token may be the same. */
function ownerOf({ identity: { userId, proof, name } }: FastifyRequest): string {
  return userId === null ? `${proof}:${name}` : `user:${userId}`;
}

/** Of what is asked for, with its defaults: spaces and the order of fields make no other request. */
function digestOf({ method, url, body }: FastifyRequest): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify([method, url, body ?? null]))
    .digest();
}
