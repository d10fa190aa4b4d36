import http from 'node:http';
import { connect, type AddressInfo, type LookupFunction, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import {
  createSafeDoor,
  MAX_ANSWER_BYTES,
  type DoorAnswer,
  type DoorOptions,
} from '../../packages/server/src/notify/safeDoor.ts';

const PUBLIC = '93.184.215.14';

/** What names stand for, as an attacker who owns some of them would have it. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example.com': [PUBLIC],
  'private.example.com': ['10.0.0.8'],
  'half.example.com': [PUBLIC, '127.0.0.1'],
  'six.example.com': ['fd00::1'],
  'mapped.example.com': ['::ffff:10.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  '10-0-0-1.sslip.io': ['10.0.0.1'],
  'localtest.me': ['127.0.0.1'],
  'alibaba.example.com': ['100.100.100.200'],
};

const resolve = async (name: string): Promise<readonly string[]> => {
  const found = NAMES[name.toLowerCase()];
  if (found === undefined)
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
  return found;
};

const doorOf = (options: Partial<DoorOptions> = {}) =>
  createSafeDoor({ clock: systemClock, privateHosts: [], resolve, ...options });

const get = (door: ReturnType<typeof doorOf>, url: string): Promise<DoorAnswer> =>
  door.call({ channel: 'ops', url, method: 'GET', signal: new AbortController().signal });

async function serve(handler: http.RequestListener): Promise<{ port: number; requests: () => number }> {
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

const REFUSED = [
  // no address, another scheme, a password
  'not an address',
  '//example.com/x',
  'ftp://public.example.com/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:25/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'ws://public.example.com/',
  'https://user@public.example.com/',
  'https://user:word@public.example.com/',
  'https://public.example.com@127.0.0.1/',
  'https://:word@public.example.com/',
  // not encrypted, another port
  'http://public.example.com/',
  'http://93.184.215.14/',
  'https://public.example.com:80/',
  'https://public.example.com:22/',
  'https://public.example.com:6379/',
  'https://93.184.215.14:8443/',
  // this machine, in every way to write it
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.255.255.254/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://①②⑦.⓪.⓪.①/',
  'https://１２７.０.０.１/',
  'https://0/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://localhost.localdomain/',
  'https://a.localhost/',
  'https://printer.local/',
  'https://vault.internal/',
  'https://intranet/',
  // networks of one's own, clouds, many receivers, the rest
  'https://10.0.0.1/',
  'https://10.255.255.255/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://100.100.100.200/latest/meta-data/',
  'https://168.63.129.16/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[ff02::1]/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://240.0.0.1/',
  'https://198.18.0.1/',
  'https://192.0.2.1/',
  'https://203.0.113.9/',
  // names that stand for such places
  'https://private.example.com/',
  'https://half.example.com/',
  'https://six.example.com/',
  'https://mapped.example.com/',
  'https://metadata.example.com/',
  'https://alibaba.example.com/',
  'https://127.0.0.1.nip.io/',
  'https://10-0-0-1.sslip.io/',
  'https://localtest.me/',
  'https://LOCALTEST.me./',
];

describe('the door', () => {
  it('has a long table of what it refuses', () => expect(REFUSED.length).toBeGreaterThanOrEqual(60));

  it.each(REFUSED)('does not open to %s', async (url) => {
    await expect(get(doorOf(), url)).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('names in its refusal nothing of the path or query, which may be secret', async () => {
    const url = 'https://private.example.com/hook/canary?key=canary';
    await expect(get(doorOf(), url)).rejects.not.toMatchObject({
      message: expect.stringContaining('canary'),
    });
  });

  it('connects to what was checked, whatever the name stands for a moment later', async () => {
    let asked = 0;
    const places: string[] = [];
    const door = doorOf({
      privateHosts: ['rebound.example.com'],
      resolve: async () => ((asked += 1) === 1 ? [PUBLIC] : ['127.0.0.1']),
      connect: (options) => {
        (options.lookup as LookupFunction)('rebound.example.com', { all: true }, (_error, all) => {
          places.push(...(all as { address: string }[]).map(({ address }) => address));
        });
        throw Object.assign(new Error('connect ENETUNREACH'), { code: 'ENETUNREACH' });
      },
    });
    await expect(get(door, 'http://rebound.example.com/')).rejects.toMatchObject({
      code: 'channel_unreachable',
    });
    expect([asked, places]).toEqual([1, [PUBLIC]]);
  });

  it('sends not a byte over a connection that went elsewhere', async () => {
    const { port, requests } = await serve((_request, response) => response.end('inside'));
    let socket: Socket | undefined;
    const door = doorOf({
      privateHosts: ['public.example.com'],
      connect: () => (socket = connect(port, '127.0.0.1')),
    });
    await expect(get(door, 'http://public.example.com/')).rejects.toMatchObject({
      code: 'address_refused',
      message: expect.stringContaining('127.0.0.1'),
    });
    expect([requests(), socket?.bytesWritten]).toEqual([0, 0]);
  });

  it('follows no redirect', async () => {
    const inside = await serve((_request, response) => response.end('inside'));
    const { port } = await serve((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    );
    const answer = await get(doorOf({ privateHosts: [`127.0.0.1:${port}`] }), `http://127.0.0.1:${port}/`);
    expect([answer.status, inside.requests()]).toEqual([302, 0]);
  });

  it('opens to listed hosts on the listed port, or on usual ones', async () => {
    const { port } = await serve((_request, response) => response.end('hello'));
    const listed = doorOf({ privateHosts: [`127.0.0.1:${port}`] });
    expect(await get(listed, `http://127.0.0.1:${port}/x`)).toEqual({ status: 200, body: 'hello' });
    for (const privateHosts of [['127.0.0.1'], [`127.0.0.1:${port + 1}`], ['example.com']])
      await expect(get(doorOf({ privateHosts }), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: 'address_refused',
      });
    await expect(get(listed, `http://me:word@127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  it('reads no more than its share of an answer without an end', async () => {
    const { port } = await serve((_request, response) => {
      const more = (): void =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    const { body } = await get(doorOf({ privateHosts: [`127.0.0.1:${port}`] }), `http://127.0.0.1:${port}/`);
    expect(body).toHaveLength(MAX_ANSWER_BYTES);
  });

  it('gives up on who says nothing, and on who says too little at a time', async () => {
    const silent = await serve(() => {});
    const door = doorOf({
      privateHosts: [`127.0.0.1:${silent.port}`],
      limits: { totalMs: 5_000, idleMs: 50 },
    });
    await expect(get(door, `http://127.0.0.1:${silent.port}/`)).rejects.toMatchObject({
      code: 'channel_unreachable',
      message: expect.stringContaining('said nothing'),
    });
    const drip = async (response: http.ServerResponse): Promise<void> => {
      while (!response.destroyed) {
        response.write('x');
        await systemClock.sleep(10);
      }
    };
    const dripping = await serve((_request, response) => void drip(response));
    const slow = doorOf({
      privateHosts: [`127.0.0.1:${dripping.port}`],
      limits: { totalMs: 1_200, idleMs: 800 },
    });
    await expect(get(slow, `http://127.0.0.1:${dripping.port}/`)).rejects.toMatchObject({
      code: 'channel_unreachable',
      message: expect.stringContaining('took longer'),
    });
  });

  it('says why nobody was reached', async () => {
    await expect(get(doorOf(), 'https://nobody.example.com/')).rejects.toMatchObject({
      code: 'channel_unreachable',
      message: expect.stringContaining('ENOTFOUND'),
    });
    const { port } = await serve((request) => request.socket.destroy());
    await expect(
      get(doorOf({ privateHosts: [`127.0.0.1:${port}`] }), `http://127.0.0.1:${port}/`),
    ).rejects.toMatchObject({ code: 'channel_unreachable' });
  });

  it('ends at once when it is told to', async () => {
    const { port } = await serve(() => {});
    const stopping = new AbortController();
    const call = doorOf({ privateHosts: [`127.0.0.1:${port}`] }).call({
      channel: 'ops',
      url: `http://127.0.0.1:${port}/`,
      method: 'GET',
      signal: stopping.signal,
    });
    stopping.abort();
    await expect(call).rejects.toMatchObject({ code: 'channel_unreachable' });
  });
});
