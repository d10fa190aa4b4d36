import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { toAppError } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenTable } from '../../../app/read/readTable.ts';
import type { Encoder } from '../../../export/format.ts';
import type { HttpContext } from '../../context.ts';

export interface StreamOptions {
  readonly encode: Encoder;
  readonly mediaType: string;
  readonly compressible: boolean;
  readonly fileName: string;
  readonly log: HttpContext['deps']['log'];
}

/** Text of market data becomes about five times smaller; more effort gains little and takes long. */
const GZIP_LEVEL = 4;
/** Bytes that wait for the client before the reading of the database waits too. */
const WAITING_BYTES = 256 * 1024;

/**
 * Sends a table as it is read, no faster than the client takes it. What goes wrong before the first bytes
 * is answered as a problem; later the connection is cut, so that nobody takes a part for the whole.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  table: OpenTable,
  { encode, mediaType, compressible, fileName, log }: StreamOptions,
): Promise<FastifyReply> {
  const chunks = encode(table.columns, table.batches);
  let first: IteratorResult<Uint8Array, void>;
  try {
    first = await chunks.next();
  } catch (error) {
    await table.close();
    throw error;
  }
  const all = async function* (): AsyncGenerator<Uint8Array, void> {
    if (!first.done) yield first.value;
    yield* chunks;
  };
  const body = Readable.from(all(), { objectMode: false, highWaterMark: WAITING_BYTES });
  body.on('error', (error) => {
    log.warn({ requestId: request.id, err: toAppError(error) }, 'a download ended early');
  });
  // not in a `finally` of the generator: it may be given up before it has begun
  body.once('close', () => void endReading(chunks, table));
  reply.raw.once('close', () => body.destroy());
  reply.type(mediaType).header('content-disposition', `attachment; filename="${fileName}"`);
  if (!compressible) return reply.send(body);
  reply.header('vary', 'accept-encoding');
  if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(body);
  const gzip = createGzip({ level: GZIP_LEVEL });
  body.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => body.destroy());
  return reply.header('content-encoding', 'gzip').send(body.pipe(gzip));
}

/** The last question to the database has to be answered before its snapshot can be closed. */
async function endReading(chunks: AsyncGenerator<Uint8Array, void>, table: OpenTable): Promise<void> {
  await chunks.return().catch(() => {});
  await table.close();
}

/** Whether the header names gzip, and not as what is refused. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const offers = String(header ?? '').split(',');
  return offers.some((offer) => /^\s*(gzip|\*)\s*(;|$)/i.test(offer) && !/;\s*q=0(\.0*)?\s*$/i.test(offer));
}
