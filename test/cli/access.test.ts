import type { MadeApiToken, SessionList, UserList } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { begin, resultOf, tapekeeper, type Begun, type Environment } from './program.ts';
import { makeSmallWorld } from './smallWorld.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PASSWORD = 'seven grey owls at noon';

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let server: Begun;
let url: string;
let code: string;

beforeAll(async () => {
  world = await makeSmallWorld();
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: await dirs.prepared(),
  };
  server = begin(['start', '--port', '0', '--json', '--log-level', 'warn'], env);
  const said = await server.says(/^\{.*"mode".*\}$/m);
  ({ url } = JSON.parse(/^\{.*"mode".*\}$/m.exec(said)?.[0] ?? '') as { url: string });
  code = /set-up code ([0-9A-Z-]{23})/.exec(said)?.[1] ?? '';
});

afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await dirs.remove();
  await world.remove();
});

it('says in the log by which code and where the first admin is made, and it is', async () => {
  const answer = await fetch(new URL('/v1/auth/setup', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: 'ann', password: PASSWORD }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([201, { user: { name: 'ann', role: 'admin' } }]);
});

describe('users and tokens', () => {
  it('are made, listed and changed', async () => {
    const added = await tapekeeper(
      ['users', 'add', 'bob', '--as', 'operator', '--password-stdin'],
      env,
      `${PASSWORD}\n`,
    );
    expect([added.code, added.stdout]).toEqual([EXIT.ok, 'User bob may come in as operator.\n']);
    const set = await tapekeeper(['users', 'set', 'bob', '--as', 'viewer', '--lang', 'zh'], env);
    expect([set.code, set.stdout]).toEqual([EXIT.ok, '用户 bob 现为 viewer，已启用。\n']);
    const listed = await tapekeeper(['users', '--json'], env);
    expect(resultOf<UserList>(listed).users).toMatchObject([
      { name: 'ann', role: 'admin' },
      { name: 'bob', role: 'viewer', version: 2 },
    ]);
    expect(listed.stdout).not.toContain('argon2');
    const weak = await tapekeeper(['users', 'password', 'bob', '--password-stdin'], env, 'password1234\n');
    expect([weak.code, weak.stderr]).toEqual([EXIT.usage, expect.stringContaining('tried first')]);
    const last = await tapekeeper(['users', 'remove', 'ann'], env);
    expect([last.code, last.stderr]).toEqual([EXIT.usage, expect.stringContaining('last admin')]);
  });

  it('have sessions, which are listed and ended', async () => {
    const listed = await tapekeeper(['sessions', '--user', 'ann', '--json'], env);
    const [session] = resultOf<SessionList>(listed).sessions;
    expect(session).toMatchObject({ userName: 'ann', isOwn: false });
    const ended = await tapekeeper(['sessions', 'revoke', String(session?.id)], env);
    expect([ended.code, ended.stdout]).toEqual([EXIT.ok, `Session ${session?.id} of ann has ended.\n`]);
    const none = await tapekeeper(['sessions', '--user', 'ann', '--lang', 'zh'], env);
    expect([none.code, none.stdout]).toEqual([EXIT.ok, '没有有效会话。\n']);
  });

  it('open a server elsewhere to whoever has a token, for what the token may', async () => {
    const made = await tapekeeper(
      ['tokens', 'create', 'notebook', '--user', 'ann', '--scopes', 'data,read'],
      env,
    );
    expect([made.code, made.stdout]).toEqual([EXIT.ok, expect.stringMatching(/^tk_[\w-]{43}\n$/)]);
    const elsewhere = {
      TAPEKEEPER_DATA_DIR: dirs.name(),
      TAPEKEEPER_SERVER: url,
      TAPEKEEPER_TOKEN: made.stdout.trim(),
    };
    expect(await tapekeeper(['runs', '--json'], elsewhere)).toMatchObject({ code: EXIT.ok });
    const refused = await tapekeeper(['users'], elsewhere);
    expect([refused.code, refused.stderr]).toEqual([EXIT.noPermission, expect.stringContaining('"admin"')]);
    const facts = await tapekeeper(['tokens', 'create', 'second', '--user', 'bob', '--json'], env);
    const { id } = resultOf<MadeApiToken>(facts).facts;
    expect(await tapekeeper(['tokens', 'revoke', String(id)], env)).toMatchObject({ code: EXIT.ok });
    expect((await tapekeeper(['tokens', '--user', 'bob'], env)).stdout).toMatch(/second +tk_.*revoked/);
  });

  it.each([
    [['runs', '--server', 'https://data.example.com'], {}, 'TAPEKEEPER_TOKEN'],
    [['runs', '--server', 'http://data.example.com'], { TAPEKEEPER_TOKEN: 'tk_x' }, 'unencrypted'],
    [['runs', '--server', 'data.example.com'], { TAPEKEEPER_TOKEN: 'tk_x' }, 'is no address'],
  ] as const)('%j is refused before anything is sent', async (args, more, hint) => {
    const ended = await tapekeeper(args, { TAPEKEEPER_DATA_DIR: dirs.name(), ...more });
    expect([ended.code, ended.stderr]).toEqual([EXIT.usage, expect.stringContaining(hint)]);
  });
});
