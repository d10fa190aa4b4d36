import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { encodeRequest, TERMINATOR } from '../../packages/server/src/sources/baostock/frame.ts';
import {
  loginAnswer,
  logoutAnswer,
  startLoopbackBaostock,
  type BaostockRequest,
} from '../conformance/loopbackBaostock.ts';
import type { Framed } from './baostockMutations.ts';

/** Stands between the client and BaoStock, and may change what goes by. */
export interface BaostockProxy {
  readonly address: string;
  /** Sees the calls from here on, logins among them: their number since, and what the upstream says to each. */
  change(how: (framed: Framed, call: number) => Framed): void;
  calls(): number;
  close(): Promise<void>;
}

const USER = ['anonymous', '123456'] as const;
const VERSION = '00.9.10';

/** Logs in by itself, and asks the upstream once for each question. */
export async function startBaostockProxy(upstreamAddress: string): Promise<BaostockProxy> {
  const upstream = await openUpstream(upstreamAddress);
  const known = new Map<string, Promise<Buffer>>();
  let change = (framed: Framed, _call: number): Framed => framed;
  let calls = 0;
  const answerTo = (request: BaostockRequest): Promise<Buffer> => {
    if (request.method === 'login') return Promise.resolve(loginAnswer());
    if (request.method === 'logout') return Promise.resolve(logoutAnswer());
    const { type, method, page, params } = request;
    const parts = [method, USER[0], String(page), '10000', ...params];
    const key = parts.join('\u0001');
    const asked = known.get(key) ?? upstream.ask(encodeRequest(VERSION, type, parts));
    known.set(key, asked);
    return asked;
  };
  const server = await startLoopbackBaostock((request, socket) => {
    const how = change;
    const call = calls++;
    void answerTo(request).then((bytes) => send(socket, how({ bytes, after: 'stay' }, call)));
  });
  return {
    address: server.address,
    change(how) {
      change = how;
      calls = 0;
    },
    calls: () => calls,
    async close() {
      upstream.close();
      await server.close();
    },
  };
}

function send(socket: Socket, { bytes, after, pieceBytes = bytes.length }: Framed): void {
  if (socket.destroyed) return;
  for (let at = 0; at < bytes.length; at += pieceBytes) socket.write(bytes.subarray(at, at + pieceBytes));
  if (after === 'end') socket.end();
  if (after === 'reset') socket.resetAndDestroy();
}

async function openUpstream(
  address: string,
): Promise<{ ask(request: Buffer): Promise<Buffer>; close(): void }> {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const waiting: ((answer: Buffer) => void)[] = [];
  let heard = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    for (let end = heard.indexOf(TERMINATOR); end >= 0; end = heard.indexOf(TERMINATOR)) {
      waiting.shift()?.(heard.subarray(0, end + TERMINATOR.length));
      heard = heard.subarray(end + TERMINATOR.length);
    }
  });
  const ask = (request: Buffer): Promise<Buffer> => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    waiting.push(resolve);
    socket.write(request);
    return promise;
  };
  await ask(encodeRequest(VERSION, '00', ['login', ...USER, '0']));
  return { ask, close: () => void socket.destroy() };
}
