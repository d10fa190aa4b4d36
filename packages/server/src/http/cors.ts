import type { FastifyReply, FastifyRequest } from 'fastify';

/** Headers of answers that pages of other origins may read. */
const SHOWN = 'x-request-id, etag, location, retry-after, content-disposition';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const HEADER_NAMES = /^[\w-]+(?:, ?[\w-]+)*$/;
const KEPT_SECONDS = '600';

/**
 * Lets the pages of listed origins read the answer to a request. No origin gets in by a pattern, and none but the
 * listed ones is ever named. Returns whether the request was a browser's question beforehand, which is answered then.
 */
export function answerOrigin(
  request: Pick<FastifyRequest, 'headers' | 'method'>,
  reply: FastifyReply,
  allowed: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (allowed.length > 0) reply.header('vary', 'origin');
  if (origin === undefined || !allowed.includes(origin.toLowerCase())) return false;
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': SHOWN,
  });
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
    return false;
  const wished = request.headers['access-control-request-headers'] ?? '';
  reply.headers({
    'access-control-allow-methods': METHODS,
    'access-control-max-age': KEPT_SECONDS,
    ...(HEADER_NAMES.test(wished) && { 'access-control-allow-headers': wished }),
  });
  reply.code(200).send();
  return true;
}
