import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpApp } from './context.ts';

/** For answers that stay the same for long: to be kept by whoever asks, and asked about again each time. */
export const KEPT_BY_CLIENTS = 'private, no-cache';

/** Bytes of a digest that tell answers apart. */
const TAG_BYTES = 18;

/**
 * Gives what is read a tag by which it is known again: who shows the tag of what has not changed is told so, and
 * sent nothing. Streams have none, since their end is not known when they begin. It must be added before what
 * compresses: a weak tag holds for every encoding.
 */
export function tagAnswers(app: HttpApp): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || reply.hasHeader('etag') || typeof payload !== 'string')
      return payload;
    const digest = createHash('sha256').update(payload).digest().subarray(0, TAG_BYTES);
    const tag = `W/"${digest.toString('base64url')}"`;
    reply.header('etag', tag);
    return isKnown(request, tag) ? unchanged(reply) : payload;
  });
}

function isKnown({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  const strong = tag.slice('W/'.length);
  return known.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === strong);
}

function unchanged(reply: FastifyReply): null {
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}
