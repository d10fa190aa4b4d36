import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { below, type Random } from '../chaos/random.ts';
import { BYTE_MUTATIONS } from './byteMutations.ts';
import { JSON_MUTATIONS } from './jsonMutations.ts';
import { mutate, pick, type Mutation } from './mutation.ts';

/** An answer of HTTP, its body as it was before any compression. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Writes bytes of its own choice instead of the answer, and ends the connection. */
  readonly raw?: (socket: Socket) => void;
}

export const HTTP_MUTATIONS: readonly Mutation<HttpReply>[] = [
  ...JSON_MUTATIONS.map(onText),
  ...BYTE_MUTATIONS.map(onBody),
  {
    name: 'another status',
    sight: 'seen',
    apply: (reply, random) => ({
      ...reply,
      status: pick(random, [201, 206, 301, 400, 401, 403, 404, 408, 418, 429, 456, 500, 503]),
    }),
  },
  {
    name: 'no compression where one is named',
    sight: 'seen',
    apply: (reply, random) =>
      withHeader(reply, 'content-encoding', pick(random, ['gzip', 'deflate', 'br', 'zstd', 'x'])),
  },
  {
    name: 'compression that breaks off',
    sight: 'seen',
    apply(reply, random) {
      const packed = gzipSync(reply.body);
      return withHeader(
        { ...reply, body: packed.subarray(0, below(random, packed.length - 8)) },
        'content-encoding',
        'gzip',
      );
    },
  },
  {
    name: 'compression that is broken',
    sight: 'value',
    apply(reply, random) {
      const packed = gzipSync(reply.body);
      const place = 10 + below(random, packed.length - 10);
      packed[place] = (packed[place] ?? 0) ^ (1 << below(random, 8));
      return withHeader({ ...reply, body: packed }, 'content-encoding', 'gzip');
    },
  },
  raw('fewer bytes than promised', 'seen', ({ body }, random) => [
    `HTTP/1.1 200 OK\r\ncontent-length: ${body.length + 1 + below(random, 1000)}\r\n\r\n`,
    body,
  ]),
  raw('more bytes than promised', 'loss', ({ body }, random) => [
    `HTTP/1.1 200 OK\r\ncontent-length: ${below(random, body.length + 1)}\r\n\r\n`,
    body,
  ]),
  raw('a chunk that breaks off', 'seen', ({ body }) => [
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${(body.length + 5).toString(16)}\r\n`,
    body,
  ]),
  raw('chunks of no length', 'seen', ({ body }) => [
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
    body,
  ]),
  raw('no HTTP', 'seen', ({ body }) => [body]),
  raw('a head that is too long', 'seen', ({ body }) => [
    `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    body,
  ]),
  raw('two lengths', 'seen', ({ body }) => [
    `HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: ${body.length}\r\n\r\n`,
    body,
  ]),
  raw('nothing', 'seen', () => []),
  {
    name: 'a reset',
    sight: 'seen',
    apply: (reply) => ({ ...reply, raw: (socket) => void socket.resetAndDestroy() }),
  },
];

/** What is done to a workbook beside: to what is within its archive. */
export const WORKBOOK_MUTATIONS: readonly Mutation<HttpReply>[] = [
  {
    name: 'a sheet changed within the archive',
    sight: 'value',
    apply(reply, random) {
      if (!isArchive(reply.body)) return undefined;
      const files = unzipSync(reply.body);
      const name = pick(random, Object.keys(files));
      const { mutated } = mutate(Buffer.from(files[name] ?? []), BYTE_MUTATIONS, random);
      return { ...reply, body: Buffer.from(zipSync({ ...files, [name]: mutated })) };
    },
  },
  {
    name: 'a part left out of the archive',
    sight: 'loss',
    apply(reply, random) {
      if (!isArchive(reply.body)) return undefined;
      const { [pick(random, Object.keys(unzipSync(reply.body)))]: _, ...rest } = unzipSync(reply.body);
      return { ...reply, body: Buffer.from(zipSync(rest)) };
    },
  },
  {
    name: 'a length that is not the one in the archive',
    sight: 'value',
    apply(reply, random) {
      if (!isArchive(reply.body)) return undefined;
      const body = Buffer.from(reply.body);
      const places = [...strFromU8(body, true).matchAll(/PK\x01\x02/g)].map(({ index }) => index);
      if (places.length === 0) return undefined;
      // the sizes, packed and unpacked, of an entry of the directory
      body.writeUInt32LE(
        pick(random, [0, 1, 0x7fffffff, 0xffffffff]),
        pick(random, places) + pick(random, [20, 24]),
      );
      return { ...reply, body };
    },
  },
];

export function isArchive(body: Buffer): boolean {
  return body.subarray(0, 2).toString('latin1') === 'PK';
}

function onText(mutation: Mutation<string>): Mutation<HttpReply> {
  return {
    ...mutation,
    apply(reply, random) {
      const text = mutation.apply(reply.body.toString('utf8'), random);
      return text === undefined ? undefined : { ...reply, body: Buffer.from(text) };
    },
  };
}

function onBody(mutation: Mutation<Buffer>): Mutation<HttpReply> {
  return {
    ...mutation,
    apply(reply, random) {
      const body = mutation.apply(reply.body, random);
      return body === undefined ? undefined : { ...reply, body };
    },
  };
}

function withHeader(reply: HttpReply, name: string, value: string): HttpReply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

function raw(
  name: string,
  sight: Mutation<HttpReply>['sight'],
  parts: (reply: HttpReply, random: Random) => readonly (string | Buffer)[],
): Mutation<HttpReply> {
  return {
    name,
    sight,
    apply(reply, random) {
      const written = parts(reply, random);
      return {
        ...reply,
        raw(socket) {
          for (const part of written) socket.write(part);
          socket.end();
        },
      };
    },
  };
}
