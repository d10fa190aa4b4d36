import type { FastifyRequest } from 'fastify';

/**
 * Headers of every answer, page or not: a browser runs our own scripts and styles and nothing else, no page
 * frames ours, and no other page may read an answer.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A browser that came by https keeps to it for a year; the names below ours are none of our business. */
const OVER_HTTPS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'strict-transport-security': 'max-age=31536000',
};

/** The headers of the answer to a request; without https, a browser would ignore what they say of it. */
export function headersOf({ protocol }: Pick<FastifyRequest, 'protocol'>): Readonly<Record<string, string>> {
  return protocol === 'https' ? OVER_HTTPS : SECURITY_HEADERS;
}
