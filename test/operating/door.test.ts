import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findServer } from '../../packages/server/src/server.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { ask, serve, type Served, type ServedOptions } from './servedInstallation.ts';

const database = useCleanDatabase();
const start = (options: ServedOptions = {}): Promise<Served> => serve(database(), options);
const withAdmin: ServedOptions['store'] = (store) => ({ ...store, hasAdmin: async () => true });
const tokenOf = async ({ dataDir }: Served): Promise<string> =>
  `Bearer ${(await readFile(join(dataDir, 'api-token'), 'utf8')).trim()}`;

describe('listening where other machines reach it', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3'])('is refused on %s while there is no admin', async (host) => {
    await expect(start({ env: { TAPEKEEPER_HOST: host } })).rejects.toMatchObject({
      code: 'admin_needed',
      details: { host },
    });
  });

  it('is done once there is one, and nobody reads without saying who they are, not even from near', async () => {
    const env = { TAPEKEEPER_HOST: '0.0.0.0', TAPEKEEPER_PUBLIC_HOSTS: 'data.example.com' };
    const server = await start({ env, store: withAdmin });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await ask(server, '/v1/runs')).status).toBe(401);
    const authorization = await tokenOf(server);
    const of = async (host: string) => (await ask(server, '/v1/runs', { authorization, host })).status;
    expect(await of(`data.example.com:${server.port}`)).toBe(200);
    expect(await of('data.example.com')).toBe(200);
    expect(await of(`evil.example:${server.port}`)).toBe(421);
  });

  it('needs an address of this machine', async () => {
    const starting = start({ env: { TAPEKEEPER_HOST: '192.0.2.1' }, store: withAdmin });
    await expect(starting).rejects.toMatchObject({ code: 'bad_setting' });
  });

  it.each([{ TAPEKEEPER_HOST: '0.0.0.0' }, { TAPEKEEPER_TRUSTED_PROXIES: '127.0.0.1' }])(
    'never goes with reading that is always open: %j',
    async (env) => {
      const starting = start({ env: { ...env, TAPEKEEPER_OPEN_READING: 'always' }, store: withAdmin });
      await expect(starting).rejects.toMatchObject({ code: 'bad_setting' });
    },
  );
});

describe('another address of this machine', () => {
  it('needs no admin, answers by its own name, and is found by the commands', async () => {
    const server = await start({ env: { TAPEKEEPER_HOST: '127.0.0.2' } });
    expect(server.url).toBe(`http://127.0.0.2:${server.port}`);
    expect((await ask(server, '/v1/runs')).status).toBe(200);
    expect((await findServer(server.dataDir))?.url).toBe(server.url);
  });
});

describe('behind a proxy on the same machine', () => {
  const FORWARDED = {
    host: 'data.example.com',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
  };
  const env = { TAPEKEEPER_TRUSTED_PROXIES: '127.0.0.1', TAPEKEEPER_PUBLIC_HOSTS: 'data.example.com' };

  it('is nobody near, forwarded or not, though there is no admin yet', async () => {
    const server = await start({ env });
    expect((await ask(server, '/v1/runs')).status).toBe(401);
    expect((await ask(server, '/v1/runs', FORWARDED)).status).toBe(401);
    expect((await ask(server, '/livez', FORWARDED)).status).toBe(200);
  });

  it('lets in who has proved who they are, and keeps browsers to https', async () => {
    const server = await start({ env });
    const authorization = await tokenOf(server);
    const secure = await ask(server, '/v1/runs', { ...FORWARDED, authorization });
    expect([secure.status, secure.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    const plain = await ask(server, '/v1/runs', { ...FORWARDED, authorization, 'x-forwarded-proto': 'http' });
    expect([plain.status, plain.headers['strict-transport-security']]).toEqual([200, undefined]);
    const near = await ask(server, '/v1/runs', { authorization });
    expect([near.status, near.headers['strict-transport-security']]).toEqual([200, undefined]);
  });

  it('is refused where the proxy is not trusted', async () => {
    const server = await start({ env: { TAPEKEEPER_PUBLIC_HOSTS: 'data.example.com' } });
    const authorization = await tokenOf(server);
    const answer = await ask(server, '/v1/runs', { ...FORWARDED, authorization });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'proxied' }]);
  });

  it('believes no protocol and no client that the untrusted tell', async () => {
    const server = await start({ env: { TAPEKEEPER_TRUSTED_PROXIES: '10.0.0.2' } });
    const answer = await ask(server, '/livez', { 'x-forwarded-proto': 'https' });
    expect([answer.status, answer.headers['strict-transport-security']]).toEqual([403, undefined]);
  });
});

describe('a process that serves no interface', () => {
  it('tells how it is, and is nothing that commands could ask', async () => {
    const server = await start({ healthOnly: true });
    const statuses = [];
    for (const path of ['/livez', '/readyz', '/metrics', '/v1/runs', '/', '/openapi.json'])
      statuses.push((await ask(server, path)).status);
    expect(statuses).toEqual([200, 200, 200, 404, 404, 404]);
    expect(await readdir(server.dataDir)).toEqual(['api-token']);
  });
});
