import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { HttpApp } from './context.ts';

/** Smaller answers are not worth it. */
const LEAST_BYTES = 1024;
/** Answers are made anew each time: more effort costs more time than the network saves. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 5;
/** Downloads and event streams are left alone: they flow as their reader takes them, and compress by themselves. */
const COMPRESSED =
  /^(application\/(problem\+)?json|application\/javascript|text\/(html|css)|image\/svg\+xml)\b/;

/**
 * Compresses answers to questions. An answer to a request that changes something may hold a secret that was just
 * made beside what the request said, and its length would tell of the secret; what is read holds none.
 */
export function compressAnswers(app: HttpApp): void {
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.every((method) => method === 'GET' || method === 'HEAD')) route.compress = false;
  });
  app.register(compress, {
    // what is received is never compressed: a small body could become a large one
    globalDecompression: false,
    threshold: LEAST_BYTES,
    encodings: ['br', 'gzip'],
    customTypes: COMPRESSED,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
    zlibOptions: { level: GZIP_LEVEL },
  });
}
