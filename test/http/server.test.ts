import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { createMetricsBook } from '../../packages/server/src/observe/metricsBook.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { findServer, startServer, type RunningServer } from '../../packages/server/src/server.ts';
import { createAppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();
const servers: RunningServer[] = [];
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-server-test-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(dataDir, { recursive: true });
});

/** An installation without sources and without a worker, over the database of the tests. */
async function installation(
  store: (store: Store) => Store = (one) => one,
  clock: Clock = systemClock,
): Promise<Installation> {
  const { db, ownerUrl: owner, url: runtime } = database();
  const stand = await createAppStand(db, { sources: [], store });
  return {
    config: readConfig({ env: { TAPEKEEPER_DATA_DIR: dataDir, TAPEKEEPER_MODE: 'replay' }, flags: {} }),
    deps: { ...stand.deps, clock },
    db,
    urls: { owner, runtime },
    replay: undefined,
    databaseEnded: new Promise(() => {}),
    worker: { start: async () => {}, stop: async () => {} },
    publisher: { start: async () => {}, stop: async () => {} },
    scheduler: { start: async () => {}, stop: async () => {}, lastTurnAt: undefined },
    services: [],
    metrics: createMetricsBook(systemClock, { ofProcess: false }),
    close: async () => {},
  };
}

async function start(store?: (store: Store) => Store, clock?: Clock): Promise<RunningServer> {
  const server = await startServer(await installation(store, clock), { port: 0 });
  servers.push(server);
  return server;
}

const file = (name: string): string => join(dataDir, name);
const modeOf = async (name: string): Promise<number> => (await stat(file(name))).mode & 0o777;

describe('a started server', () => {
  it('listens on the loopback interface alone, and answers there', async () => {
    const server = await start();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('server')).toBeNull();
  });

  it('knows its own name by the port that it was given', async () => {
    const { port } = await start();
    expect(await statusWithHost(port, `localhost:${port}`)).toBe(200);
    expect(await statusWithHost(port, 'localhost:8000')).toBe(421);
    expect(await statusWithHost(port, `evil.example:${port}`)).toBe(421);
  });

  it('leaves a token and its address where only its owner can read them', async () => {
    const server = await start();
    expect(await modeOf('api-token')).toBe(0o600);
    expect(await modeOf('server.json')).toBe(0o600);
    expect(JSON.parse(await readFile(file('server.json'), 'utf8'))).toMatchObject({
      url: server.url,
      pid: process.pid,
    });
    expect((await readdir(dataDir)).toSorted()).toEqual(['api-token', 'server.json']);
  });

  it('can be written to with that token', async () => {
    const server = await start();
    const found = await findServer(dataDir);
    expect(found?.url).toBe(server.url);
    const body = JSON.stringify({ dataset: 'stock_basics' });
    const ask = (headers: Record<string, string>) =>
      fetch(`${server.url}/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    expect((await ask({ authorization: `Bearer ${found?.token}` })).status).toBe(202);
    expect((await ask({ authorization: `Bearer ${found?.token}x` })).status).toBe(401);
    expect((await ask({})).status).toBe(401);
  });

  it('says that its port is taken, by number', async () => {
    const { port } = await start();
    await expect(startServer(await installation(), { port })).rejects.toMatchObject({
      code: 'port_taken',
      details: { port },
    });
    expect(await findServer(dataDir)).toBeDefined();
  });
});

describe('the token', () => {
  it('is kept from one start to the next', async () => {
    await (await start()).stop();
    const token = await readFile(file('api-token'), 'utf8');
    expect(token.trim()).toMatch(/^[\w-]{43}$/);
    await start();
    expect(await readFile(file('api-token'), 'utf8')).toBe(token);
  });

  it('is replaced when others could have read it, or when it is none', async () => {
    await (await start()).stop();
    const token = await readFile(file('api-token'), 'utf8');
    await chmod(file('api-token'), 0o644);
    await (await start()).stop();
    const second = await readFile(file('api-token'), 'utf8');
    expect(second).not.toBe(token);
    expect(await modeOf('api-token')).toBe(0o600);
    await writeFile(file('api-token'), '');
    await start();
    expect((await readFile(file('api-token'), 'utf8')).trim()).toMatch(/^[\w-]{43}$/);
  });
});

describe('finding a server', () => {
  it('finds none where none was started, and none after a stop', async () => {
    expect(await findServer(dataDir)).toBeUndefined();
    const server = await start();
    await server.stop();
    expect(await readdir(dataDir)).toEqual(['api-token']);
    expect(await findServer(dataDir)).toBeUndefined();
  });

  it('does not take another server for the one that a crash has left a file of', async () => {
    const server = await start();
    const left = JSON.parse(await readFile(file('server.json'), 'utf8')) as object;
    await writeFile(file('server.json'), JSON.stringify({ ...left, startedAt: '2024-01-01T00:00:00.000Z' }));
    expect(await findServer(dataDir)).toBeUndefined();
    await server.stop();
    await writeFile(file('server.json'), JSON.stringify(left));
    expect(await findServer(dataDir)).toBeUndefined();
  });

  it.each(['', '{', '[]', '{"url":"http://evil.example:80","pid":1,"startedAt":"2024-01-01T00:00:00.000Z"}'])(
    'trusts no file that says %s',
    async (text) => {
      await start();
      await writeFile(file('server.json'), text);
      expect(await findServer(dataDir)).toBeUndefined();
    },
  );
});

describe('stopping', () => {
  it('finishes the request at hand, takes no further one, and can be asked for twice', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const server = await start((store) => ({
      ...store,
      run: async (id) => {
        entered.resolve();
        await release.promise;
        return store.run(id);
      },
    }));
    const asked = fetch(`${server.url}/v1/runs/1`);
    await entered.promise;
    const stopped = Promise.all([server.stop(), server.stop()]);
    release.resolve();
    expect((await asked).status).toBe(404);
    await stopped;
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow('fetch failed');
  });

  it('cuts what is still busy when the grace is over', async () => {
    const entered = Promise.withResolvers<void>();
    let isStopping = false;
    const hurried: Clock = {
      ...systemClock,
      sleep: async (ms, signal) => (isStopping ? undefined : systemClock.sleep(ms, signal)),
    };
    const server = await start(
      (store) => ({
        ...store,
        run: () => {
          entered.resolve();
          return new Promise(() => {});
        },
      }),
      hurried,
    );
    const asked = fetch(`${server.url}/v1/runs/1`).catch((error: unknown) => error);
    await entered.promise;
    isStopping = true;
    await server.stop();
    expect(await asked).toBeInstanceOf(TypeError);
  });
});

describe('slow clients', () => {
  it('do not keep others from being answered', async () => {
    const server = await start();
    const sockets = await Promise.all(Array.from({ length: 300 }, () => halfARequest(server.port)));
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

/** A connection that has begun a request and says nothing more. */
function halfARequest(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /livez HTTP/1.1\r\nHost: ', () => resolve(socket)),
    );
    socket.on('error', reject);
  });
}

/** `fetch` decides on the Host header by itself; this is who does not. */
function statusWithHost(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/livez', headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
