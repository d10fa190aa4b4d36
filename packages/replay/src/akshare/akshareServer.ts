import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { deliver, type Outlet } from '../faults/deliver.ts';
import type { FaultPlan } from '../faults/faultScript.ts';
import { listen } from '../listen.ts';
import type { Listening, Upstream } from '../upstream.ts';
import type { World } from '../world/world.ts';
import { askedOf, type Endpoint, type WebRequest } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { groupOfOrigin, isOrigin, type Origin } from './origins.ts';
import { errorReply, pageReply } from './refusals.ts';
import { html, plain, type Reply } from './reply.ts';
import { makeWebMarket, type WebMarket } from './webMarket.ts';

export interface AkshareOptions {
  readonly host: string;
  readonly port: number;
}

const BODY_BYTES = 256 * 1024;
/** Longer than clients keep idle connections, so that it is never the server that closes a used one. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Serves a world as the public web endpoints do that the AKShare library wraps. All are on one port:
 * the first segment of a path names the origin, what follows is the real path and query.
 * @example GET /push2his/api/qt/stock/kline/get?secid=1.600519&…
 */
export async function startAkshare(
  world: World,
  upstream: Upstream,
  options: AkshareOptions,
): Promise<Listening> {
  // Made with the first call: a run without web endpoints shall not pay for it.
  let made: WebMarket | undefined;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  return listen(server, options.host, options.port);

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://web');
    const [, origin = ''] = url.pathname.split('/');
    if (!isOrigin(origin)) return send(outgoing, html('<h1>404 Not Found</h1>', 404));
    const request = await requestOf(incoming, url, url.pathname.slice(origin.length + 1) || '/');
    const endpoint = ENDPOINTS.find((each) => each.origin === origin && each.path.test(request.path));
    made ??= makeWebMarket(world);
    const plan = note(origin, endpoint, request, made);
    const delayMs = upstream.latencyMs + plan.delayMs;
    if (delayMs > 0 && !(await upstream.pauses.wait(delayMs))) return;
    if (plan.banned) {
      outgoing.socket?.destroy();
      return;
    }
    if (plan.wire?.kind === 'http') return send(outgoing, plain(plan.wire.status, plan.wire.body));

    const reply = packed(replyOf(origin, endpoint, request, plan, made), origin, request);
    if (plan.wire === undefined) return send(outgoing, reply);
    const length = plan.wire.kind === 'garbage' ? undefined : reply.body.length;
    const outlet = outletOf(outgoing, reply, length);
    const delivery = { bytes: reply.body, terminator: Buffer.alloc(0), fault: plan.wire };
    await deliver({ outlet, ...delivery, ...upstream });
  }

  function note(
    origin: Origin,
    endpoint: Endpoint | undefined,
    request: WebRequest,
    market: WebMarket,
  ): FaultPlan {
    const api = `${origin}.${endpoint?.name ?? 'unknown'}`;
    const params = Object.fromEntries(request.params);
    upstream.calls.add({ protocol: 'akshare', api, at: upstream.now(), params });
    const { symbols, day } = endpoint === undefined ? { symbols: [] } : askedOf(endpoint, request, market);
    const group = groupOfOrigin(origin);
    return upstream.faults.plan({ protocol: 'akshare', api, origin, group, symbols, day });
  }

  function replyOf(
    origin: Origin,
    endpoint: Endpoint | undefined,
    request: WebRequest,
    plan: FaultPlan,
    market: WebMarket,
  ): Reply {
    if (plan.page !== undefined) return pageReply(plan.page);
    if (plan.error !== undefined) return errorReply(origin, plan.error);
    if (endpoint === undefined) return html('<h1>404 Not Found</h1>', 404);
    const method = endpoint.method ?? 'GET';
    if (method !== 'any' && method !== request.method) return html('<h1>405 Method Not Allowed</h1>', 405);
    return endpoint.answer({ request, plan, market, now: upstream.now() });
  }
}

async function requestOf(incoming: IncomingMessage, url: URL, path: string): Promise<WebRequest> {
  const params = new URLSearchParams(url.searchParams);
  const type = incoming.headers['content-type'] ?? '';
  const body = await bodyOf(incoming);
  if (type.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(body)) params.append(name, value);
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    params,
    header: (name) => String(incoming.headers[name] ?? ''),
  };
}

/** CNINFO packs what it sends as well as the asker says that he can unpack it. */
function packed(reply: Reply, origin: Origin, request: WebRequest): Reply {
  if (origin !== 'cninfo') return reply;
  const accepted = request.header('accept-encoding');
  const encodedAs = (encoding: string, body: Buffer): Reply => ({
    ...reply,
    body,
    headers: { ...reply.headers, 'content-encoding': encoding },
  });
  if (/\bbr\b/.test(accepted)) return encodedAs('br', brotliCompressSync(reply.body));
  return /\bgzip\b/.test(accepted) ? encodedAs('gzip', gzipSync(reply.body)) : reply;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES) throw new Error('the body is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(outgoing: ServerResponse, reply: Reply): void {
  outgoing.writeHead(reply.status, headOf(reply, reply.body.length)).end(reply.body);
}

/** The head goes out with the first bytes; it promises the whole length even where a fault cuts the answer. */
function outletOf(outgoing: ServerResponse, reply: Reply, length: number | undefined): Outlet {
  const socket = outgoing.socket!;
  socket.setNoDelay(true);
  return {
    socket,
    write(bytes) {
      if (!outgoing.headersSent) outgoing.writeHead(reply.status, headOf(reply, length));
      outgoing.write(bytes);
    },
    finish: () => outgoing.end(),
  };
}

function headOf(reply: Reply, length: number | undefined): Record<string, string | number> {
  return {
    'content-type': reply.type,
    ...(length !== undefined && { 'content-length': length }),
    ...reply.headers,
  };
}
