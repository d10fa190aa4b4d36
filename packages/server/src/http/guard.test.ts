import { isAppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { guardRequest, type GuardedRequest } from './guard.ts';

const RULES = { port: 8000 };
const HOST = { host: '127.0.0.1:8000' };
const VISIT = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** The code of the refusal; undefined where the request may go on. */
function verdict(request: Partial<GuardedRequest>, rules = RULES): string | undefined {
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
