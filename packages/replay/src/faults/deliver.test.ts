import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { BAOSTOCK_REFUSALS } from '../baostock/refusals.ts';
import { openWorld } from '../world/openWorld.ts';
import { type Replay } from '../replay.ts';
import { askTushare } from '../../test/askTushare.ts';
import { baostockClient, decodeAnswer } from '../../test/baostockClient.ts';
import { runReplay } from '../../test/runReplay.ts';
import { DAYS, listFiles, RAW_HEADER, rawLine, temporaryFolder } from '../../test/temporaryFolder.ts';
import { TUSHARE_REFUSALS } from '../tushare/refusals.ts';
import type { Fault } from './fault.ts';

async function replayWith(protocol: 'tushare' | 'baostock', fault: Fault, times?: number): Promise<Replay> {
  const bars = [RAW_HEADER, ...DAYS.map((day) => rawLine('600000.SH', day, '9', '9'))].join('\n');
  const world = await openWorld(await temporaryFolder({ ...listFiles(), 'bars_daily_raw.csv': bars }));
  const rule = { match: { protocol }, fault, ...(times !== undefined && { times }) };
  return runReplay({ world, faults: [rule], now: () => 0 });
}

/** What a raw connection receives after it has sent one call, and how it ended. */
interface Reception {
  readonly chunks: Buffer[];
  readonly ended: Promise<'end' | 'reset'>;
  readonly socket: Socket;
  readonly first: Promise<unknown>;
}

async function receive(url: string, request: string | Uint8Array): Promise<Reception> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (bytes) => chunks.push(bytes));
  const ended = new Promise<'end' | 'reset'>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', () => resolve('reset'));
  });
  const first = once(socket, 'data').catch(() => undefined);
  socket.write(request);
  return { chunks, ended, socket, first };
}

function httpRequest(): string {
  const body = JSON.stringify({ api_name: 'daily', token: 'a token of a test', params: {}, fields: '' });
  return `POST / HTTP/1.1\r\nhost: tushare\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

const LOGIN = readFileSync(new URL('../../test-data/baostock/login/request.bin', import.meta.url));
const loginAnswer = async (): Promise<Buffer> => {
  const replay = await replayWith('baostock', { kind: 'delay', ms: 0 });
  return (await (await baostockClient(replay.baostockUrl)).login()).raw;
};

test('a half close sends so many bytes, then FIN, and goes on reading', async () => {
  const whole = await loginAnswer();
  const replay = await replayWith('baostock', { kind: 'half_close', afterBytes: 30 });
  const { chunks, ended, socket } = await receive(replay.baostockUrl, LOGIN);
  expect(await ended).toBe('end');
  expect(Buffer.concat(chunks)).toEqual(whole.subarray(0, 30));
  expect(socket.writable).toBe(true);
  socket.destroy();
});

test('a half close of an HTTP answer promises the whole length and sends half the body', async () => {
  const replay = await replayWith('tushare', { kind: 'half_close' });
  const { chunks, ended, socket } = await receive(replay.tushareUrl, httpRequest());
  expect(await ended).toBe('end');
  const text = Buffer.concat(chunks).toString();
  const promised = Number(/content-length: (\d+)/.exec(text)?.[1]);
  expect(text.split('\r\n\r\n')[1]).toHaveLength(Math.floor(promised / 2));
  socket.destroy();
});

test.each(['tushare', 'baostock'] as const)(
  'a reset ends a %s connection with RST and without bytes',
  async (protocol) => {
    const replay = await replayWith(protocol, { kind: 'reset' });
    const [url, request] =
      protocol === 'tushare' ? [replay.tushareUrl, httpRequest()] : [replay.baostockUrl, LOGIN];
    const { chunks, ended } = await receive(url, request);
    expect(await ended).toBe('reset');
    expect(chunks).toEqual([]);
  },
);

test.each(['tushare', 'baostock'] as const)(
  'silence of %s leaves the connection open until the server stops',
  async (protocol) => {
    const replay = await replayWith(protocol, { kind: 'silence' });
    const [url, request] =
      protocol === 'tushare' ? [replay.tushareUrl, httpRequest()] : [replay.baostockUrl, LOGIN];
    const { chunks, socket } = await receive(url, request);
    const closed = once(socket, 'close');
    await vi.waitFor(() => expect(Object.values(replay.counts())).toEqual([1]), { interval: 1 });
    // Answers to other calls show that the silent one had its turn.
    replay.clearFaults();
    expect((await askTushare(replay.tushareUrl, 'daily')).code).toBe(0);
    expect((await (await baostockClient(replay.baostockUrl)).login()).parts[0]).toBe('0');
    expect([chunks, socket.destroyed]).toEqual([[], false]);
    socket.end();
    await replay.stop();
    await closed.catch(() => undefined);
    expect(socket.destroyed).toBe(true);
  },
);

test('a drip sends the answer in small pieces', async () => {
  const whole = await loginAnswer();
  const replay = await replayWith('baostock', { kind: 'drip', bytesPerSecond: 600 });
  const client = await baostockClient(replay.baostockUrl);
  const sizes: number[] = [];
  client.socket.on('data', (bytes: Buffer) => sizes.push(bytes.length));
  expect((await client.login()).raw).toEqual(whole);
  expect(sizes[0]).toBeLessThan(whole.length);
});

test('a split answer arrives whole, over TCP and over HTTP', async () => {
  const whole = await loginAnswer();
  const client = await baostockClient(
    (await replayWith('baostock', { kind: 'split', pieces: 9 })).baostockUrl,
  );
  expect((await client.login()).raw).toEqual(whole);
  const replay = await replayWith('tushare', { kind: 'split', pieces: 5 });
  expect((await askTushare(replay.tushareUrl, 'daily')).data!.items).toHaveLength(6);
});

test('garbage is the same for the same seed, and ends where an answer would', async () => {
  const noise = async (): Promise<Buffer> => {
    const replay = await replayWith('baostock', { kind: 'garbage' });
    const { chunks, socket, first } = await receive(replay.baostockUrl, LOGIN);
    await first;
    socket.destroy();
    return Buffer.concat(chunks);
  };
  const bytes = await noise();
  expect(bytes).toEqual(await noise());
  expect(bytes.toString('latin1').endsWith('<![CDATA[]]>\n')).toBe(true);
  expect(decodeAnswer(bytes).type).not.toMatch(/^\d\d$/);
  const replay = await replayWith('tushare', { kind: 'garbage' });
  await expect(askTushare(replay.tushareUrl, 'daily')).rejects.toThrow(SyntaxError);
});

test('an error is given in the words of the protocol', async () => {
  const http = await replayWith('tushare', { kind: 'error', ...TUSHARE_REFUSALS.perMinute(200) }, 1);
  expect(await askTushare(http.tushareUrl, 'daily')).toMatchObject({
    code: 40203,
    data: null,
    msg: '抱歉，您每分钟最多访问该接口200次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。',
  });
  expect((await askTushare(http.tushareUrl, 'daily')).code).toBe(0);
  const tcp = await replayWith('baostock', { kind: 'error', ...BAOSTOCK_REFUSALS.clientTooOld });
  const answer = await (await baostockClient(tcp.baostockUrl)).login();
  expect([answer.type, ...answer.parts]).toEqual(['04', '10001004', '客户端版本号过期']);
});

test('an HTTP fault replaces status and body', async () => {
  const replay = await replayWith('tushare', { kind: 'http', status: 502, body: 'Bad Gateway' });
  const response = await fetch(replay.tushareUrl, { method: 'POST', body: '{"api_name":"daily"}' });
  expect([response.status, await response.text()]).toEqual([502, 'Bad Gateway']);
});

test('a page cap shortens pages and keeps their order', async () => {
  const http = await replayWith('tushare', { kind: 'page_cap', rows: 4 });
  const pages = await Promise.all(
    [0, 4].map((offset) => askTushare(http.tushareUrl, 'daily', { params: { offset } })),
  );
  expect(pages.map(({ data }) => [data!.items.length, data!.has_more])).toEqual([
    [4, true],
    [2, false],
  ]);
  const tcp = await replayWith('baostock', { kind: 'page_cap', rows: 4 });
  const client = await baostockClient(tcp.baostockUrl);
  await client.login();
  const params = ['sh.600000', 'date', DAYS[0], DAYS[5], 'd', '3'];
  expect(await client.rows('95', 'query_history_k_data_plus', params, 2)).toEqual([[DAYS[4]], [DAYS[5]]]);
});

test('an empty answer is well formed', async () => {
  const http = await replayWith('tushare', { kind: 'empty' });
  expect(await askTushare(http.tushareUrl, 'daily')).toMatchObject({
    code: 0,
    data: { items: [], has_more: false },
  });
  const tcp = await replayWith('baostock', { kind: 'empty' });
  const client = await baostockClient(tcp.baostockUrl);
  await client.login();
  expect(await client.rows('45', 'query_stock_basic', ['', ''])).toEqual([]);
});

test('a ban refuses in the words of the protocol, logins too', async () => {
  const http = await replayWith('tushare', { kind: 'ban', afterCalls: 1 });
  expect((await askTushare(http.tushareUrl, 'daily')).code).toBe(0);
  expect(await askTushare(http.tushareUrl, 'stock_basic')).toMatchObject({
    code: 40204,
    msg: '您的IP数量超限，最大数量为2个！',
  });
  const tcp = await replayWith('baostock', { kind: 'ban', afterCalls: 1 });
  expect((await (await baostockClient(tcp.baostockUrl)).login()).parts[0]).toBe('0');
  const refused = await (await baostockClient(tcp.baostockUrl)).login();
  expect([refused.type, ...refused.parts]).toEqual(['04', '10001011', '黑名单用户，请与管理员联系']);
});

test('a wrong echo names another interface than the one asked', async () => {
  const replay = await replayWith('baostock', { kind: 'wrong_echo' });
  const client = await baostockClient(replay.baostockUrl);
  await client.login();
  const { parts } = await client.ask('45', 'query_stock_basic', 'anonymous', '1', '10000', '', '');
  expect(parts[2]).toBe('query_trade_dates');
});

test('a delay comes before the answer and does not change it', async () => {
  const replay = await replayWith('tushare', { kind: 'delay', ms: 30 });
  const before = performance.now();
  expect((await askTushare(replay.tushareUrl, 'daily')).code).toBe(0);
  // Timers may fire a moment early by the clock that measures them.
  expect(performance.now() - before).toBeGreaterThan(25);
});
