import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseDay } from '@tapekeeper/core';
import { deliver, type Outlet } from '../faults/deliver.ts';
import type { FaultPlan } from '../faults/faultScript.ts';
import { listen } from '../listen.ts';
import { type Random, seededRandom } from '../random.ts';
import type { Listening, Upstream } from '../upstream.ts';
import type { World } from '../world/world.ts';
import { fieldsOf, type TushareApi } from './api.ts';
import { tushareApis } from './apis.ts';
import { answerEnvelope, type EnvelopeStyle, refusalEnvelope } from './envelope.ts';
import { type Page, pageOf, type Params } from './question.ts';
import { RefusedCall, TUSHARE_REFUSALS } from './refusals.ts';

export interface TushareOptions {
  readonly host: string;
  readonly port: number;
  /** Tokens that are accepted; without a list, any of at least 8 characters. */
  readonly tokens?: readonly string[];
  /** Interfaces that every token lacks the right to. */
  readonly deniedApis?: readonly string[];
  /** Row caps by interface, in place of the real ones. */
  readonly caps?: Readonly<Record<string, number>>;
  readonly envelope?: EnvelopeStyle;
}

interface Request {
  readonly api: string;
  readonly token: string;
  readonly params: Params;
  readonly fields: string;
}

const TOKEN_CHARACTERS = 8;
const BODY_BYTES = 1024 * 1024;
/** Longer than clients keep idle connections, so that it is never the server that closes a used one. */
const KEEP_ALIVE_MS = 75_000;
const HEAD = { 'content-type': 'application/json; charset=utf-8' } as const;

/** Serves a world as Tushare Pro does: `POST /` and `POST /dataapi/<api_name>`. */
export async function startTushare(
  world: World,
  upstream: Upstream,
  options: TushareOptions,
): Promise<Listening> {
  const apis = tushareApis(world, options.caps, upstream.now);
  // Ids draw from a row of their own, so that they leave the draws of faults alone.
  const ids = seededRandom(Math.floor(upstream.random() * 2 ** 32));
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  return listen(server, options.host, options.port);

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.method !== 'POST') return plain(outgoing, 405, 'Method Not Allowed');
    const path = new URL(incoming.url ?? '/', 'http://tushare').pathname;
    const request = readRequest(await bodyOf(incoming), path);
    if (request === undefined) return plain(outgoing, 400, 'Bad Request');
    const plan = note(request);
    const delayMs = upstream.latencyMs + plan.delayMs;
    if (delayMs > 0 && !(await upstream.pauses.wait(delayMs))) return;
    if (plan.wire?.kind === 'http') return plain(outgoing, plan.wire.status, plan.wire.body);

    const misplaced = path !== '/' && !path.startsWith('/dataapi');
    const bytes = Buffer.from(
      misplaced ? refusalEnvelope(TUSHARE_REFUSALS.badToken, ids) : answer(request, plan, ids),
    );
    if (plan.wire === undefined) {
      outgoing.writeHead(200, { ...HEAD, 'content-length': bytes.length }).end(bytes);
      return;
    }
    const length = plan.wire.kind === 'garbage' ? undefined : bytes.length;
    const delivery = { bytes, terminator: Buffer.alloc(0), fault: plan.wire };
    await deliver({ outlet: outletOf(outgoing, length), ...delivery, ...upstream });
  }

  function note(request: Request): FaultPlan {
    const api = apis.has(request.api) ? request.api : 'unknown';
    upstream.calls.add({ protocol: 'tushare', api, at: upstream.now(), params: request.params });
    const symbols = (request.params['ts_code'] ?? '').split(',');
    const day = parseDay(request.params['trade_date'] || request.params['ann_date'] || '');
    return upstream.faults.plan({ protocol: 'tushare', api, symbols, day });
  }

  function answer(request: Request, plan: FaultPlan, random: Random): string {
    try {
      refuse(request, plan);
      const api = apis.get(request.api);
      if (api === undefined) throw new RefusedCall(TUSHARE_REFUSALS.unknownApi);
      if (options.deniedApis?.includes(api.name))
        throw new RefusedCall(TUSHARE_REFUSALS.noPermission(api.name));
      const fields = fieldsOf(api, request.fields);
      const page = pageFor(api, request.params, plan);
      const { items, more } = plan.empty
        ? { items: [], more: false }
        : api.answer(request.params, fields, page, plan.data);
      return answerEnvelope(fields, items, more, options.envelope ?? 'current', random);
    } catch (cause) {
      if (cause instanceof RefusedCall) return refusalEnvelope(cause.refusal, random);
      throw cause;
    }
  }

  function refuse({ token }: Request, { banned, error }: FaultPlan): void {
    if (banned) throw new RefusedCall(TUSHARE_REFUSALS.tooManyAddresses(2));
    if (error !== undefined) throw new RefusedCall(error);
    const accepted = options.tokens?.includes(token) ?? token.length >= TOKEN_CHARACTERS;
    if (!accepted) throw new RefusedCall(TUSHARE_REFUSALS.badToken);
  }
}

function pageFor(api: TushareApi, params: Params, plan: FaultPlan): Page {
  return pageOf(params, Math.min(api.cap, plan.pageCap ?? Infinity));
}

/** Undefined when the body is no JSON object. */
function readRequest(body: string, path: string): Request | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { api_name: name, token, params, fields } = value as Record<string, unknown>;
  return {
    api: typeof name === 'string' && name !== '' ? name : (path.split('/').at(-1) ?? ''),
    token: typeof token === 'string' ? token : '',
    params: Object.fromEntries(
      Object.entries(typeof params === 'object' && params !== null ? params : {}).map(([key, cell]) => [
        key,
        String(cell ?? ''),
      ]),
    ),
    fields: typeof fields === 'string' ? fields : '',
  };
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

function plain(outgoing: ServerResponse, status: number, body: string): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}

/** The head goes out with the first bytes; it promises the whole length even where a fault cuts the answer. */
function outletOf(outgoing: ServerResponse, length: number | undefined): Outlet {
  const socket = outgoing.socket!;
  socket.setNoDelay(true);
  return {
    socket,
    write(bytes) {
      if (!outgoing.headersSent)
        outgoing.writeHead(200, length === undefined ? HEAD : { ...HEAD, 'content-length': length });
      outgoing.write(bytes);
    },
    finish: () => outgoing.end(),
  };
}
