import { isAppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { guardRequest, isDirectLoopback, type GuardedRequest, type GuardRules } from './guard.ts';
import { trustedProxies } from './trustedProxies.ts';

const RULES = { port: 8000 };
const HOST = { host: '127.0.0.1:8000' };
const VISIT = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** The code of the refusal; undefined where the request may go on. */
function verdict(request: Partial<GuardedRequest>, rules: GuardRules = RULES): string | undefined {
  try {
    guardRequest({ method: 'GET', path: '/v1/runs', headers: HOST, ...request }, rules);
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
}

describe('the host that a request names', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', '[::1]:8000', 'LOCALHOST:8000'])('may be %s', (host) => {
    expect(verdict({ headers: { host } })).toBeUndefined();
  });

  it.each([
    'evil.example:8000',
    'evil.example',
    '127.0.0.1',
    '127.0.0.1:8001',
    'localhost',
    'localhost.evil.example:8000',
    '127.0.0.1:8000.evil.example',
    '0.0.0.0:8000',
    '2130706433:8000',
    '127.0.0.2:8000',
    'localhost.:8000',
    '',
  ])('may not be "%s"', (host) => {
    expect(verdict({ headers: { host } })).toBe('forbidden_host');
  });

  it('may not be missing', () => {
    expect(verdict({ headers: {} })).toBe('forbidden_host');
  });

  it('may leave the port out only where it is 80', () => {
    expect(verdict({ headers: { host: 'localhost' } }, { ...RULES, port: 80 })).toBeUndefined();
  });
});

describe('a request that came through a proxy', () => {
  it.each([
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-anything',
    'x-real-ip',
  ])('is refused by its header %s, token or not', (name) => {
    const headers = { ...HOST, [name]: '127.0.0.1', authorization: 'Bearer secret-token' };
    expect(verdict({ headers })).toBe('proxied');
    expect(verdict({ headers, method: 'POST' })).toBe('proxied');
  });
});

describe('the page that a request is of', () => {
  it.each(['http://127.0.0.1:8000', 'http://localhost:8000', 'http://[::1]:8000'])(
    'may be our own, %s',
    (origin) => {
      expect(verdict({ headers: { ...HOST, origin } })).toBeUndefined();
    },
  );

  it.each([
    'null',
    'http://evil.example',
    'https://127.0.0.1:8000',
    'http://127.0.0.1:8001',
    'http://localhost',
    'file://',
    'http://127.0.0.1:8000.evil.example',
    '',
  ])('may not be "%s", whatever the method', (origin) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']) {
      const headers = { ...HOST, origin, authorization: 'Bearer secret-token' };
      expect(verdict({ method, headers })).toBe('forbidden_origin');
    }
  });

  it.each([
    ['none', undefined],
    ['same-origin', undefined],
    ['same-site', 'forbidden_origin'],
    ['cross-site', 'forbidden_origin'],
    ['something-new', 'forbidden_origin'],
  ])('is judged by Sec-Fetch-Site %s', (site, code) => {
    expect(verdict({ headers: { ...HOST, 'sec-fetch-site': site } })).toBe(code);
  });
});

describe('a visit from a link on another page', () => {
  it('is shown the page', () => {
    expect(verdict({ path: '/', headers: { ...HOST, ...VISIT } })).toBeUndefined();
  });

  it.each([
    ['another path', { path: '/v1/runs' }],
    ['another method', { method: 'POST' }],
    ['a frame', { headers: { ...HOST, ...VISIT, 'sec-fetch-dest': 'iframe' } }],
    ['a script', { headers: { ...HOST, ...VISIT, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' } }],
  ])('is refused as %s', (_, request) => {
    expect(verdict({ path: '/', headers: { ...HOST, ...VISIT }, ...request })).toBe('forbidden_origin');
  });

  it('still needs our name', () => {
    expect(verdict({ path: '/', headers: { ...VISIT, host: 'evil.example' } })).toBe('forbidden_host');
  });
});

describe('a request that changes something', () => {
  it('is refused from another page even with the token', () => {
    const headers = { ...HOST, authorization: 'Bearer secret-token', 'sec-fetch-site': 'cross-site' };
    expect(verdict({ method: 'POST', headers })).toBe('forbidden_origin');
  });
});

describe('a host that is public', () => {
  const rules = { ...RULES, publicHosts: ['data.example.com', '192.168.1.5', 'out.example.com:8443'] };

  it.each([
    'data.example.com',
    'DATA.example.com:8000',
    '192.168.1.5:8000',
    'out.example.com:8443',
    '127.0.0.1:8000',
  ])('may be %s', (host) => expect(verdict({ headers: { host } }, rules)).toBeUndefined());

  it.each([
    'data.example.com:9000',
    'example.com',
    'x.data.example.com',
    'out.example.com',
    'out.example.com:8000',
  ])('may not be %s', (host) => expect(verdict({ headers: { host } }, rules)).toBe('forbidden_host'));

  it('is the page of requests that name it, by the protocol of the connection', () => {
    const from = (origin: string) => verdict({ headers: { host: 'data.example.com:8000', origin } }, rules);
    expect(from('http://data.example.com:8000')).toBeUndefined();
    expect([from('https://data.example.com'), from('http://evil.example')]).toEqual([
      'forbidden_origin',
      'forbidden_origin',
    ]);
  });
});

describe('a request through a trusted proxy', () => {
  const rules = { ...RULES, publicHosts: ['data.example.com'], isTrusted: trustedProxies(['10.0.0.2']) };
  const FORWARDED = {
    host: '127.0.0.1:8000',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'data.example.com',
  };
  const through = (headers: Record<string, string | undefined>, remoteAddress = '10.0.0.2') =>
    verdict({ headers: { ...FORWARDED, ...headers }, remoteAddress }, rules);

  it('may go on, whatever name the proxy knows the server by', () => {
    expect(through({})).toBeUndefined();
    expect(through({ 'x-forwarded-host': undefined, host: 'data.example.com' })).toBeUndefined();
  });

  it('must name a public host: not one of this machine, nor one that an earlier hop has put first', () => {
    expect(through({ 'x-forwarded-host': undefined })).toBe('forbidden_host');
    expect(through({ 'x-forwarded-host': 'evil.example' })).toBe('forbidden_host');
    expect(through({ 'x-forwarded-host': 'data.example.com, evil.example' })).toBe('forbidden_host');
  });

  it('is refused where the headers are those of somebody else', () => {
    for (const peer of ['203.0.113.7', '127.0.0.1', '10.0.0.3', '::1'])
      expect(through({ 'x-forwarded-host': undefined, host: 'data.example.com' }, peer)).toBe('proxied');
  });

  it('comes from our page only by the protocol that the browser has spoken', () => {
    expect(through({ origin: 'https://data.example.com' })).toBeUndefined();
    expect(through({ origin: 'https://data.example.com', 'x-forwarded-proto': 'wss' })).toBeUndefined();
    expect(through({ origin: 'http://data.example.com' })).toBe('forbidden_origin');
    expect(through({ origin: 'https://data.example.com', 'x-forwarded-proto': 'https, http' })).toBe(
      'forbidden_origin',
    );
    expect(through({ origin: 'https://127.0.0.1:8000' })).toBe('forbidden_origin');
  });

  it('must come from an address', () => {
    expect(through({ 'x-forwarded-for': 'unknown' })).toBe('bad_request');
    expect(through({ 'x-forwarded-for': "'; DROP TABLE, 10.0.0.2" })).toBe('bad_request');
    expect(through({ 'x-forwarded-for': 'forged, 203.0.113.7' })).toBeUndefined();
    expect(through({ 'x-forwarded-for': undefined })).toBeUndefined();
  });
});

describe('who is on this machine', () => {
  const from = (remoteAddress: string | undefined, headers = {}) =>
    isDirectLoopback({ headers, socket: { remoteAddress } });

  it('connects from one of its own addresses, and through nothing', () => {
    expect(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'].every((address) => from(address))).toBe(
      true,
    );
    expect(['10.0.0.2', '::ffff:10.0.0.2', '', undefined, '::2'].some((address) => from(address))).toBe(
      false,
    );
    for (const name of ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'])
      expect([name, from('127.0.0.1', { [name]: '127.0.0.1' })]).toEqual([name, false]);
  });
});
