import { connect, type Socket } from 'node:net';
import { inflateSync } from 'node:zlib';
import { encodeRequest, HEADER_BYTES, SEPARATOR, TERMINATOR } from '../src/baostock/frame.ts';

export interface BaostockAnswer {
  readonly type: string;
  readonly raw: Buffer;
  /** The body, unpacked where it was packed, without its CRC. */
  readonly parts: readonly string[];
}

export interface BaostockClient {
  readonly socket: Socket;
  /** Sends a request; resolves with its answer, or rejects with what ended the connection. */
  ask(type: string, ...parts: string[]): Promise<BaostockAnswer>;
  /** Sends bytes as they are. */
  send(bytes: Uint8Array): Promise<BaostockAnswer>;
  /** Logs in as everyone does. */
  login(): Promise<BaostockAnswer>;
  /** Asks for one page of an interface; the rows of the answer. */
  rows(
    type: string,
    method: string,
    params: readonly string[],
    page?: number,
    perPage?: number,
  ): Promise<string[][]>;
}

const PACKED = '96';

/** A small client of the protocol, strict about framing. */
export async function baostockClient(url: string): Promise<BaostockClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const client: BaostockClient = {
    socket,
    ask: (type, ...parts) => client.send(encodeRequest('00.9.10', type, parts)),
    send(bytes) {
      socket.write(bytes);
      return answerOf(socket);
    },
    login: () => client.ask('00', 'login', 'anonymous', '123456', '0'),
    async rows(type, method, params, page = 1, perPage = 10_000) {
      const { parts } = await client.ask(type, method, 'anonymous', String(page), String(perPage), ...params);
      if (parts[0] !== '0') throw new Error(parts.join(' '));
      return (JSON.parse(parts[6]!) as { record: string[][] }).record;
    },
  };
  return client;
}

function answerOf(socket: Socket): Promise<BaostockAnswer> {
  return new Promise((resolve, reject) => {
    let raw = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off('data', read).off('end', ended).off('error', failed);
      settle();
    };
    const ended = (): void => done(() => reject(new Error(`ended after ${raw.length} bytes`)));
    const failed = (cause: Error): void => done(() => reject(cause));
    const read = (bytes: Buffer): void => {
      raw = Buffer.concat([raw, bytes]);
      if (raw.length < HEADER_BYTES || !raw.subarray(-TERMINATOR.length).equals(TERMINATOR)) return;
      done(() => {
        try {
          resolve(decodeAnswer(raw));
        } catch (cause) {
          reject(cause as Error);
        }
      });
    };
    socket.on('data', read).on('end', ended).on('error', failed);
  });
}

/** Splits a whole answer into its parts. */
export function decodeAnswer(raw: Buffer): BaostockAnswer {
  const [, type = '', length] = raw.subarray(0, HEADER_BYTES).toString('latin1').split(SEPARATOR);
  const rest = raw.subarray(HEADER_BYTES);
  const text =
    type === PACKED
      ? inflateSync(rest.subarray(0, Number(length))).toString('utf8')
      : rest.subarray(0, rest.lastIndexOf(SEPARATOR)).toString('utf8');
  return { type, raw, parts: text.split(SEPARATOR) };
}
