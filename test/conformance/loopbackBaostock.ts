import { createServer, type AddressInfo, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import { encodeText, TERMINATOR } from '../../packages/server/src/sources/baostock/frame.ts';

/** A request as it came: the method, the page asked for, and what follows the size of a page. */
export interface BaostockRequest {
  readonly type: string;
  readonly method: string;
  readonly page: number;
  readonly params: readonly string[];
}

export interface LoopbackBaostock {
  readonly address: string;
  /** Connections accepted so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A TCP server on a free port of this machine that cuts what comes into requests, and answers nothing by itself. */
export async function startLoopbackBaostock(
  handle: (request: BaostockRequest, socket: Socket) => void,
): Promise<LoopbackBaostock> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('close', () => sockets.delete(socket));
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        handle(readRequest(text.slice(0, end)), socket);
        text = text.slice(end + 1);
      }
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

function readRequest(line: string): BaostockRequest {
  const [method = '', , page = '', , ...rest] = line.slice(21).split('\u0001');
  return { type: line.slice(8, 10), method, page: Number(page), params: rest.slice(0, -1) };
}

/** A text answer. */
export function textAnswer(type: string, body: string): Buffer {
  return Buffer.concat([encodeText('00.9.00', type, body), TERMINATOR]);
}

/** A packed answer, its checksum as meaningless as the real one's. */
export function packedAnswer(body: string): Buffer {
  const packed = deflateSync(Buffer.from(body), { level: 1 });
  const header = `00.9.00\u000196\u0001${String(packed.length).padStart(10, '0')}`;
  return Buffer.concat([Buffer.from(header), packed, Buffer.from('\u0001494239084\n'), TERMINATOR]);
}

/** The answer of an interface: rows under columns; for days packed, the columns being those asked for. */
export function tableAnswer(
  request: BaostockRequest,
  columns: string,
  records: readonly (readonly string[])[],
): Buffer {
  const json = JSON.stringify({ record: records });
  const { method, page, params } = request;
  const isDays = request.type === '95';
  const tail = isDays ? params : [...params, columns];
  const body = ['0', 'success', method, 'anonymous', String(page), '10000', json, ...tail].join('\u0001');
  return isDays ? packedAnswer(body) : textAnswer(String(Number(request.type) + 1).padStart(2, '0'), body);
}

export function loginAnswer(): Buffer {
  return textAnswer('01', ['0', 'success', 'login', 'anonymous', '20240102093000000'].join('\u0001'));
}

export function logoutAnswer(): Buffer {
  return textAnswer('03', ['0', 'success', 'logout', 'anonymous', '20240102093000000'].join('\u0001'));
}

export function refusal(code: string, text: string): Buffer {
  return textAnswer('04', `${code}\u0001${text}`);
}
