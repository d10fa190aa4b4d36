import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from './pathOf.ts';

/** Pages of others bring their styles and pictures along in the text; their scripts come as files like ours. */
const POLICY_OF_PAGES = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join('; ');

/** Paths of interfaces: what is not found there is no page. */
const INTERFACES = /^\/(v1|api|ws|scheduler|dataapi|docs)(\/|$)/;
/** Names that lead nowhere but down, and to nothing hidden. */
const FILE_PATH = /^(?:\/[\w@~+-][\w@~+.-]*)+$/;
const INDEX = 'index.html';

/**
 * Answers a request that no route is for with a file of a folder: `index.html` for every page, as applications with
 * paths of their own want it. Whoever puts files there shows them to everybody who reaches the server. Returns
 * whether it did.
 */
export async function sendStatic(
  folder: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const path = pathOf(request);
  if (!['GET', 'HEAD'].includes(request.method) || INTERFACES.test(path)) return false;
  const isFile = /\.[a-z0-9]{1,8}$/i.test(path);
  if (isFile && !FILE_PATH.test(path)) return false;
  const name = isFile ? path.slice(1) : INDEX;
  if (!(await isThere(join(folder, name)))) return false;
  reply.headers({ 'cache-control': 'no-cache', 'content-security-policy': POLICY_OF_PAGES });
  reply.sendFile(name, folder);
  return true;
}

async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
