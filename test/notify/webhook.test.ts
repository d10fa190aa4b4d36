import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { webhookSignature } from '../../packages/server/src/notify/kinds/webhook.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { messageOf } from './message.ts';
import { startReceiver } from './receiver.ts';

/** The receiver that the documentation shows. */
interface Example {
  faultOf(
    headers: IncomingHttpHeaders,
    body: string | Buffer,
    secret: string,
    nowMs: number,
  ): string | undefined;
  createReceiver(options: { secret: string; take: (notice: unknown) => void; now: () => number }): Server;
}

const SECRET = 'the key of this webhook';
const NOW = 1_706_702_400_000;
const DELIVERY = '5a5b8f0e-9c1e-4f5e-8f0e-2f4f6d1c9a77';
let example: Example;
let folder: string;

beforeAll(async () => {
  const page = await readFile(new URL('../../docs/channels.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-test-'));
  const file = join(folder, 'receiver.mjs');
  await writeFile(file, code);
  example = (await import(pathToFileURL(file).href)) as Example;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const send = (place: string, url: string, secret: string | undefined, now = NOW): Promise<string> =>
  testNotifiers([place], { ...systemClock, now: () => now }).webhook.send({
    channel: { name: 'own', settings: { url }, language: 'en' },
    secret,
    message: messageOf(),
    deliveryId: DELIVERY,
    signal: new AbortController().signal,
  });

async function startExample(now: number): Promise<{ url: string; place: string; taken: unknown[] }> {
  const taken: unknown[] = [];
  const server = example.createReceiver({
    secret: SECRET,
    take: (notice) => void taken.push(notice),
    now: () => now,
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${place}/notices`, place, taken };
}

describe('a webhook', () => {
  it('is a POST of JSON with its delivery, time and signature', async () => {
    const receiver = await startReceiver(() => ({ status: 202, body: 'thanks' }));
    expect(await send(receiver.place, `${receiver.url}/notices?team=a`, SECRET)).toBe('HTTP 202: thanks');
    const [one] = receiver.received;
    expect(one?.path).toBe('/notices');
    expect(one?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'tapekeeper-delivery': DELIVERY,
      'tapekeeper-timestamp': '1706702400',
      'tapekeeper-signature': webhookSignature(SECRET, '1706702400', one?.text ?? ''),
    });
    expect(one?.json()).toEqual({
      delivery: DELIVERY,
      kind: 'opened',
      severity: 'critical',
      incidentId: 12,
      cause: 'source:tushare',
      title: { en: 'Tushare does not answer', zh: 'Tushare 无响应' },
      text: { en: 'Since 20:00.\nDo look at daily_bars.', zh: '自 20:00 起。\n请检查 daily_bars。' },
      at: '2024-01-31T12:00:00.000Z',
      path: '/incidents/12',
      url: 'https://data.example.com/incidents/12',
    });
  });

  it('is not signed where there is no key', async () => {
    const receiver = await startReceiver(() => ({ body: '' }));
    await send(receiver.place, receiver.url, undefined);
    expect(receiver.received[0]?.headers).not.toHaveProperty('tapekeeper-signature');
  });

  it.each([
    [500, 'channel_unreachable'],
    [503, 'channel_unreachable'],
    [429, 'channel_unreachable'],
    [408, 'channel_unreachable'],
    [400, 'channel_refused'],
    [401, 'channel_refused'],
    [404, 'channel_refused'],
    [301, 'channel_refused'],
    [307, 'channel_refused'],
  ])('that is answered with %i fails as %s', async (status, code) => {
    const receiver = await startReceiver(() => ({ status, body: 'said' }));
    await expect(send(receiver.place, receiver.url, SECRET)).rejects.toMatchObject({ code });
  });
});

describe('the receiver of the documentation', () => {
  it('takes a notice once, however often it is sent', async () => {
    const { url, place, taken } = await startExample(NOW);
    expect(await send(place, url, SECRET)).toBe('HTTP 200: taken');
    expect(await send(place, url, SECRET, NOW + 30_000)).toBe('HTTP 200: taken before');
    expect(taken).toHaveLength(1);
  });

  it('refuses another key, and none', async () => {
    const { url, place, taken } = await startExample(NOW);
    for (const secret of ['another key', undefined])
      await expect(send(place, url, secret)).rejects.toMatchObject({
        code: 'channel_refused',
        message: expect.stringContaining('the signature is wrong'),
      });
    expect(taken).toEqual([]);
  });

  it('refuses what is more than five minutes old, or from as far ahead', async () => {
    const { url, place, taken } = await startExample(NOW);
    for (const at of [NOW - 301_000, NOW + 301_000])
      await expect(send(place, url, SECRET, at)).rejects.toMatchObject({
        message: expect.stringContaining('it is too old'),
      });
    await send(place, url, SECRET, NOW - 299_000);
    expect(taken).toHaveLength(1);
  });

  it('refuses whatever was altered on the way', () => {
    const body = '{"delivery":"1","severity":"info"}';
    const headers = {
      'tapekeeper-timestamp': '1706702400',
      'tapekeeper-signature': webhookSignature(SECRET, '1706702400', body),
    };
    const fault = (change: IncomingHttpHeaders, text = body): string | undefined =>
      example.faultOf({ ...headers, ...change }, text, SECRET, NOW);
    expect(fault({})).toBeUndefined();
    expect(fault({}, body.replace('info', 'none'))).toBe('the signature is wrong');
    expect(fault({ 'tapekeeper-timestamp': '1706702401' })).toBe('the signature is wrong');
    expect(fault({ 'tapekeeper-timestamp': undefined })).toBe('the signature is wrong');
    expect(fault({ 'tapekeeper-signature': undefined })).toBe('the signature is wrong');
    expect(fault({ 'tapekeeper-signature': headers['tapekeeper-signature'].replace('v1=', 'v0=') })).toBe(
      'the signature is wrong',
    );
    expect(
      fault({ 'tapekeeper-timestamp': 'NaN', 'tapekeeper-signature': webhookSignature(SECRET, 'NaN', body) }),
    ).toBe('it is too old');
  });
});
