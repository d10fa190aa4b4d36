import { expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { SETTINGS } from './settings.ts';

const inForce = (env: Record<string, string>, flags: Record<string, string> = {}) =>
  new Map(
    readConfig({ env: { TAPEKEEPER_DATA_DIR: '/nowhere', ...env }, flags }).inForce.map((one) => [
      one.name,
      one,
    ]),
  );

it('names every setting, its value, and who says so', () => {
  const settings = inForce({ TAPEKEEPER_CONCURRENCY: '5' }, { port: '9000' });
  expect([...settings.keys()]).toEqual(Object.keys(SETTINGS));
  expect(settings.get('concurrency')).toMatchObject({ value: '5', from: 'environment', fallback: '3' });
  expect(settings.get('port')).toMatchObject({ value: '9000', from: 'flag', flag: 'port' });
  expect(settings.get('rescueMs')).toMatchObject({ value: '2000', from: 'default' });
});

it('never shows a secret, nor an address that holds one', () => {
  const settings = inForce({
    TUSHARE_TOKEN: 'canary-token',
    DATABASE_URL: 'postgresql://me:canary-password@db/market',
    TAPEKEEPER_TUSHARE_URL: 'http://me:canary-mirror@mirror.example',
    TAPEKEEPER_AKSHARE_URL: 'http://mirror.example/?key=canary-key',
  });
  expect(JSON.stringify([...settings.values()])).not.toContain('canary');
  for (const name of ['tushareToken', 'databaseUrl', 'tushareUrl', 'akshareUrl'])
    expect(settings.get(name)).toMatchObject({ value: null, secret: true, given: true });
});

it('takes every setting for a secret whose name says so', () => {
  const settings = inForce({});
  const named = [...settings.values()].filter(({ env }) => /(TOKEN|PASSWORD)$/.test(env));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ secret }) => !secret)).toEqual([]);
});
