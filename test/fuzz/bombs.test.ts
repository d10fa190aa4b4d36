import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { plainDay } from '@tapekeeper/core';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { createAkshareSource } from '../../packages/server/src/sources/akshare/akshareSource.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { serveAkshare } from '../conformance/akshareStand.ts';
import { ASK_STOCKS, serveBaostock } from '../conformance/baostockStand.ts';
import { UNHURRIED } from '../conformance/deadlines.ts';
import { failureOf } from '../conformance/failure.ts';
import { startLoopbackHttp } from '../conformance/loopbackHttp.ts';
import { packedFrame } from './baostockMutations.ts';

const MEGABYTE = 1024 * 1024;
/** What each source lets come in, and what may be on its way when the door is shut. */
const CAPS = { tushare: 64 * MEGABYTE, akshare: 16 * MEGABYTE, baostock: 64 * MEGABYTE };
const ON_ITS_WAY = 24 * MEGABYTE;
/** Rounds of each attack; the memory after them is that after the first. */
const ROUNDS = 4;
const MOST_GROWN_BYTES = 300 * MEGABYTE;

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAYS = { from: plainDay('2024-01-02'), to: plainDay('2024-01-31') };
const CALENDAR: Question = { shape: 'all', dataset: 'trade_calendar', ...DAYS };
const INDICES: Question = { shape: 'all', dataset: 'index_basics', ...DAYS };
const NAMES: Question = { shape: 'all', dataset: 'name_changes', ...DAYS };

/** Sixteen gigabytes of blanks in as many megabytes. */
let bomb: Buffer;
const PIECE = Buffer.alloc(MEGABYTE, ' ');

beforeAll(() => {
  const member = gzipSync(Buffer.alloc(16 * MEGABYTE, ' '), { level: 9 });
  bomb = Buffer.concat(Array.from({ length: 1024 }, () => member));
});

/** Asks again and again; gives what it was told, and by how much the process has grown since the first time. */
async function attack(source: Source, question: Question) {
  const codes: string[] = [];
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    codes.push((await failureOf(source.ask(question, FREE))).code);
    if (round === 0) first = process.memoryUsage().rss;
  }
  return { codes: [...new Set(codes)], grewTooMuch: process.memoryUsage().rss - first > MOST_GROWN_BYTES };
}

const REFUSED = { codes: ['malformed'], grewTooMuch: false };

/** A service that does the same to every call, and the two sources that speak HTTP. */
async function serve(how: (response: ServerResponse) => void) {
  const server = await startLoopbackHttp((_, response) => how(response));
  onTestFinished(() => server.close());
  const fixed = { clock: systemClock, timeouts: UNHURRIED, baseUrl: server.url };
  return {
    tushare: createTushareSource({ ...fixed, token: () => 'a1'.repeat(28) }),
    akshare: createAkshareSource(fixed),
  };
}

/** Writes pieces as fast as they are taken, for ever; gives the bytes written so far. */
function pourInto(target: ServerResponse | Socket): () => number {
  let written = 0;
  const pour = (): void => {
    while (!target.destroyed) {
      written += PIECE.length;
      if (!target.write(PIECE)) break;
    }
  };
  target.on('drain', pour);
  target.on('error', () => {});
  pour();
  return () => written;
}

describe.each([
  ['tushare', CALENDAR],
  ['akshare', INDICES],
] as const)('%s', (name, question) => {
  it('is not blown up by an answer that unpacks without end', async () => {
    const sources = await serve((response) => {
      response.on('error', () => {});
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(await attack(sources[name], question)).toEqual(REFUSED);
  });

  it('hangs up on an answer that never ends', async () => {
    const poured: (() => number)[] = [];
    const sources = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      poured.push(pourInto(response));
    });
    expect(await attack(sources[name], question)).toEqual(REFUSED);
    for (const bytes of poured) expect(bytes()).toBeLessThan(CAPS[name] + ON_ITS_WAY);
  });

  it('hangs up on one that never ends to come in small pieces', async () => {
    const sources = await serve((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const member = gzipSync(PIECE);
      const pour = (): void => {
        while (!response.destroyed && response.write(member));
      };
      response.on('drain', pour);
      response.on('error', () => {});
      pour();
    });
    expect(await attack(sources[name], question)).toEqual(REFUSED);
  });
});

describe('akshare', () => {
  it('is not blown up by a workbook that unpacks to far more than it is', async () => {
    const workbook = Buffer.from(
      zipSync(
        {
          '[Content_Types].xml': strToU8('<Types/>'),
          'xl/sharedStrings.xml': strToU8('<sst/>'),
          'xl/worksheets/sheet1.xml': new Uint8Array(200 * MEGABYTE),
        },
        { level: 6 },
      ),
    );
    const { source } = await serveAkshare(() => workbook);
    expect(await attack(source(), NAMES)).toEqual(REFUSED);
  });

  it('is not blown up by a workbook of far too many parts', async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, n) => [`xl/worksheets/${n}.xml`, strToU8('<a/>')]),
    );
    const workbook = Buffer.from(zipSync(parts, { level: 0 }));
    const { source } = await serveAkshare(() => workbook);
    expect(await attack(source(), NAMES)).toEqual(REFUSED);
  });
});

describe('baostock', () => {
  it('is not blown up by a packed answer that unpacks to far more than it is', async () => {
    const stream = deflateSync(Buffer.alloc(200 * MEGABYTE), { level: 9 });
    const { source } = await serveBaostock(({ method }) =>
      method.startsWith('query') ? packedFrame(stream) : undefined,
    );
    expect(await attack(source(), ASK_STOCKS)).toEqual(REFUSED);
  });

  it('hangs up on an answer that never ends', async () => {
    const poured: (() => number)[] = [];
    const { source } = await serveBaostock(({ method }) =>
      method.startsWith('query')
        ? (socket) => {
            socket.write('00.9.00\u000146\u00010000000999');
            poured.push(pourInto(socket));
          }
        : undefined,
    );
    expect(await attack(source(), ASK_STOCKS)).toEqual(REFUSED);
    for (const bytes of poured) expect(bytes()).toBeLessThan(CAPS.baostock + ON_ITS_WAY);
  });
});
