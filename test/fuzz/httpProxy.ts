import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackHttp } from '../conformance/loopbackHttp.ts';
import type { HttpReply } from './httpMutations.ts';

/** Stands between a client and an upstream, and may change what goes by. */
export interface HttpProxy {
  readonly url: string;
  /** Sees the calls from here on: their number since, and what the upstream says to each. */
  change(how: (reply: HttpReply, call: number, path: string) => HttpReply): void;
  /** Paths asked for since the last `change`. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/** The upstream is asked once for each question; it has to say the same each time anyway. */
export async function startHttpProxy(upstreamUrl: string): Promise<HttpProxy> {
  const known = new Map<string, Promise<HttpReply>>();
  let change = (reply: HttpReply, _call: number, _path: string): HttpReply => reply;
  let paths: string[] = [];
  const server = await startLoopbackHttp((request, response, body) => {
    const path = request.url ?? '/';
    const call = paths.push(path) - 1;
    const how = change;
    const key = `${request.method} ${path} ${body}`;
    const asked = known.get(key) ?? ask(upstreamUrl, request, body);
    known.set(key, asked);
    void asked.then((reply) => send(response, how(reply, call, path)));
  });
  return {
    url: server.url,
    change(how) {
      change = how;
      paths = [];
    },
    get paths() {
      return paths;
    },
    close: () => server.close(),
  };
}

async function ask(upstreamUrl: string, request: IncomingMessage, body: string): Promise<HttpReply> {
  const { method = 'GET', url = '/', headers } = request;
  const answer = await fetch(new URL(url, upstreamUrl), {
    method,
    headers: {
      ...(headers['content-type'] !== undefined && { 'content-type': headers['content-type'] }),
      ...(headers.referer !== undefined && { referer: headers.referer }),
    },
    ...(method === 'POST' && { body }),
  });
  const type = answer.headers.get('content-type') ?? 'text/plain';
  return {
    status: answer.status,
    headers: { 'content-type': type },
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

function send(response: ServerResponse, reply: HttpReply): void {
  const { socket } = response;
  socket?.on('error', () => {});
  if (reply.raw !== undefined && socket) return reply.raw(socket);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length }).end(reply.body);
}
