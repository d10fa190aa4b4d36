import type { FastifyRequest } from 'fastify';

/** What of a path goes into logs and messages. */
const LONGEST_PATH = 200;

/** The path without the query, which may hold what people typed. */
export function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
}
