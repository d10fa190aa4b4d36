import { expect, it } from 'vitest';
import { trustedProxies } from './trustedProxies.ts';

it('trusts nobody where nobody is named', () => {
  expect(['127.0.0.1', '::1', undefined].map(trustedProxies([]))).toEqual([false, false, false]);
});

it('trusts addresses and networks of both families, and what IPv6 sockets make of IPv4', () => {
  const isTrusted = trustedProxies(['127.0.0.1', '10.1.0.0/16', 'fd00::/8']);
  const trusted = ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', '::ffff:10.1.2.3', 'fd12::1'];
  expect(trusted.filter((address) => !isTrusted(address))).toEqual([]);
  const others = [
    '127.0.0.2',
    '10.2.0.1',
    '::ffff:10.2.0.1',
    'fe80::1',
    '',
    'localhost',
    '10.1.2.3:80',
    undefined,
  ];
  expect(others.filter((address) => isTrusted(address))).toEqual([]);
});
