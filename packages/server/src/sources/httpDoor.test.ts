import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { UNHURRIED } from '../../../../test/conformance/deadlines.ts';
import { failureOf } from '../../../../test/conformance/failure.ts';
import { startLoopbackHttp } from '../../../../test/conformance/loopbackHttp.ts';
import { systemClock } from '../clock.ts';
import { callHttp, type HttpCall } from './httpDoor.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(handle: Parameters<typeof startLoopbackHttp>[0]): Promise<URL> {
  const server = await startLoopbackHttp(handle);
  closers.push(server.close);
  return new URL(server.url);
}

function call(url: URL, rest: Partial<HttpCall> = {}) {
  const signal = new AbortController().signal;
  return callHttp(systemClock, {
    source: 'tushare',
    url,
    method: 'POST',
    body: '{}',
    deadlines: UNHURRIED,
    signal,
    ...rest,
  });
}

describe('the door to HTTP', () => {
  it('sends the body and gives status, headers and bytes', async () => {
    const url = await serve((request, response, body) => {
      response
        .writeHead(418, { 'x-seen': `${request.method} ${request.headers['content-length']}` })
        .end(body.toUpperCase());
    });
    const answer = await call(url, { body: '{"a":1}' });
    expect([answer.status, answer.headers['x-seen'], String(answer.body), answer.wireBytes]).toEqual([
      418,
      'POST 7',
      '{"A":1}',
      7,
    ]);
  });

  it('unpacks gzip and counts the bytes of the wire', async () => {
    const packed = gzipSync('x'.repeat(100_000));
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
    );
    const answer = await call(url);
    expect([answer.body.length, answer.wireBytes]).toEqual([100_000, packed.length]);
  });

  it('stops unpacking beyond the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const error = await failureOf(call(url, { maxBytes: 1024 * 1024 }));
    expect([error.code, error.details.message]).toEqual([
      'malformed',
      'the answer is larger than 1048576 bytes.',
    ]);
  });

  it('stops reading an endless plain answer beyond the cap', async () => {
    const url = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      response.on('error', () => {});
      more();
    });
    expect((await failureOf(call(url, { maxBytes: 200_000 }))).code).toBe('malformed');
  });

  it('does not follow redirects', async () => {
    let seen = 0;
    const url = await serve((_, response) => {
      seen += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await call(url)).status).toBe(302);
    expect(seen).toBe(1);
  });

  it('calls broken compression and unknown encodings malformed', async () => {
    const broken = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    );
    const cut = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1000)).subarray(0, 15)),
    );
    const unknown = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'zstd' }).end('?'),
    );
    for (const url of [broken, cut, unknown]) expect((await failureOf(call(url))).code).toBe('malformed');
  });

  it('calls a closed port and a connection cut in the middle transport errors', async () => {
    const gone = await startLoopbackHttp(() => {});
    await gone.close();
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.socket?.destroy());
    });
    const reset = await serve((request) => request.socket.resetAndDestroy());
    for (const url of [new URL(gone.url), cut, reset]) {
      const error = await failureOf(call(url));
      expect([error.code, error.details.host, error.details.message === '']).toEqual([
        'transport',
        url.host,
        false,
      ]);
    }
  });

  it('calls what is no HTTP malformed', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', listening.resolve);
    await listening.promise;
    closers.push(async () => void server.close());
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect((await failureOf(call(url))).code).toBe('malformed');
  });

  it('ends a silent server after the idle deadline', async () => {
    const url = await serve(() => {});
    const error = await failureOf(call(url, { deadlines: { ...UNHURRIED, idleMs: 40 } }));
    expect([error.code, error.details.phase, error.details.seconds]).toEqual(['timeout', 'idle', 0.04]);
  });

  it('ends a server that only trickles after the total deadline', async () => {
    const url = await serve((_, response) => {
      response.on('error', () => {});
      const drip = () => {
        if (!response.destroyed) response.write('.', () => setImmediate(drip));
      };
      drip();
    });
    const error = await failureOf(call(url, { deadlines: { ...UNHURRIED, totalMs: 80 } }));
    expect([error.code, error.details.phase]).toEqual(['timeout', 'total']);
  });

  it('stops at once when interrupted, before and during a call', async () => {
    const aborter = new AbortController();
    const url = await serve(() => aborter.abort());
    expect((await failureOf(call(url, { signal: aborter.signal }))).code).toBe('interrupted');
    expect((await failureOf(call(url, { signal: aborter.signal }))).code).toBe('interrupted');
  });
  it('calls the other side by the name that it was given, and tells a connection shut without a word', async () => {
    const url = await serve((request) => request.socket.destroy());
    const error = await failureOf(call(url, { host: 'the quotes' }));
    expect(error.code).toBe('transport');
    expect(error.details).toMatchObject({ host: 'the quotes', phase: 'unanswered' });
  });

  it('tells it apart from one that was shut in the middle of an answer, or never stood', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setImmediate(() => request.socket.destroy());
    });
    expect((await failureOf(call(url))).details).not.toHaveProperty('phase');
    const gone = await startLoopbackHttp(() => {});
    await gone.close();
    expect((await failureOf(call(new URL(gone.url)))).details).not.toHaveProperty('phase');
  });
});
