import { AppError } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';

const SAFE: readonly string[] = ['GET', 'HEAD'];

/**
 * Throws `forbidden_origin` where a cookie alone would let a request change something. Browsers send the cookie
 * whoever made the request, so the request itself must say that a page of ours did. Other proofs are no browser's
 * to send by itself.
 */
export function requireOwnOrigin(request: FastifyRequest): void {
  if (request.identity.proof !== 'session' || SAFE.includes(request.method)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site === 'same-origin') return;
  if (site === undefined && origin?.toLowerCase() === `${request.protocol}://${request.host}`.toLowerCase())
    return;
  throw new AppError('forbidden_origin');
}
