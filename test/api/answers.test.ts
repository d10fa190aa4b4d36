import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpStand, type Answer, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { SPAN } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  stand.ask({ method: 'GET', url, headers });

describe('what is asked for again', () => {
  it.each([
    '/openapi.json',
    '/v1/datasets',
    '/v1/datasets/daily_bars',
    '/v1/coverage',
    '/v1/jobs',
    '/page.js',
  ])('is not sent again while it is the same: %s', async (url) => {
    const first = await get(url);
    const tag = String(first.headers.etag);
    expect(tag).toMatch(/^W\/"[\w+/=-]{6,}"$/);
    const again = await get(url, { 'if-none-match': `"other", ${tag}` });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect(again.headers).toMatchObject({ etag: tag, 'x-content-type-options': 'nosniff' });
    expect((await get(url, { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('is sent when it has changed', async () => {
    const first = await get('/v1/runs');
    await stand.post('/v1/runs', { dataset: 'daily_bars', ...SPAN });
    const again = await get('/v1/runs', { 'if-none-match': String(first.headers.etag) });
    expect(again.statusCode).toBe(200);
    expect(again.headers.etag).not.toBe(first.headers.etag);
  });

  it('has no tag where it was refused, or has changed something', async () => {
    expect((await get('/v1/runs/999')).headers).not.toHaveProperty('etag');
    const made = await stand.post('/v1/runs', { dataset: 'daily_bars', ...SPAN });
    expect(made.headers).not.toHaveProperty('etag');
  });

  it('may be kept by clients only where it stays the same for long', async () => {
    expect((await get('/openapi.json')).headers['cache-control']).toBe('private, no-cache');
    expect((await get('/v1/datasets')).headers['cache-control']).toBe('private, no-cache');
    expect((await get('/v1/runs')).headers['cache-control']).toBe('no-store');
  });
});

describe('a long answer', () => {
  it('is compressed for who can read it, and its tag stays', async () => {
    const plain = await get('/openapi.json');
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const encoding of ['br', 'gzip'] as const) {
      const packed = await get('/openapi.json', { 'accept-encoding': encoding });
      expect(packed.headers).toMatchObject({ 'content-encoding': encoding, etag: plain.headers.etag });
      expect(packed.headers.vary).toMatch(/accept-encoding/i);
      expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4);
      expect(unpack[encoding](packed.rawPayload).toString()).toBe(plain.body);
    }
    const known = { 'accept-encoding': 'br', 'if-none-match': String(plain.headers.etag) };
    expect((await get('/openapi.json', known)).statusCode).toBe(304);
  });

  it('is compressed when it is a file of the page', async () => {
    const packed = await get('/page.js', { 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(packed.rawPayload).toString()).toBe((await get('/page.js')).body);
  });

  it('is not compressed when it is short, or answers a change', async () => {
    expect((await get('/livez', { 'accept-encoding': 'br' })).headers).not.toHaveProperty('content-encoding');
    const made = await stand.ask({
      method: 'POST',
      url: '/v1/runs',
      payload: { dataset: 'daily_bars', ...SPAN },
      headers: { 'accept-encoding': 'br, gzip' },
    });
    expect(made.body.length).toBeGreaterThan(1024);
    expect(made.headers).not.toHaveProperty('content-encoding');
  });

  it('flows as it is read when it is a download: gzip as before, and nothing else', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
    const csv = await get('/v1/data/daily_bars?format=csv', { 'accept-encoding': 'gzip' });
    expect(csv.headers['content-encoding']).toBe('gzip');
    const table = await get('/v1/data/daily_bars?format=parquet', { 'accept-encoding': 'gzip, br' });
    expect(table.headers).not.toHaveProperty('content-encoding');
    const lines = await get('/v1/data/daily_bars?format=ndjson', { 'accept-encoding': 'br' });
    expect(lines.headers).not.toHaveProperty('content-encoding');
  });

  it('is never unpacked when it is received', async () => {
    const answer = await stand.ask({
      method: 'POST',
      url: '/v1/runs',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      payload: JSON.stringify({ dataset: 'daily_bars', ...SPAN }),
    });
    expect(answer.statusCode).toBe(202);
  });
});

describe('the page of the interface', () => {
  it('is served under the rules of every page: nothing inline, nothing from elsewhere', async () => {
    const page = await get('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc="\/)/);
    expect(page.body).not.toMatch(/<style|\sstyle=|\son\w+=|https?:\/\//);
    for (const [, path] of page.body.matchAll(/(?:src|href)="([^"]+)"/g))
      expect([path, (await get(String(path))).statusCode]).toEqual([path, 200]);
  });
});
