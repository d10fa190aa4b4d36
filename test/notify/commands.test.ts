import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type {
  Channel,
  ChannelList,
  ChannelTest,
  KeyRotation,
  NoticeList,
  SecretList,
} from '@tapekeeper/contract';
import { EXIT, isoInstant } from '@tapekeeper/core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { runProgram } from '../../packages/cli/src/program.ts';
import { ensureToken } from '../../packages/server/src/http/apiToken.ts';
import { writeServerFile } from '../../packages/server/src/http/serverFile.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { messageOf } from './message.ts';

const CANARY = 'canary-key-of-a-channel-0123';
const PLACE = '127.0.0.1:1';
let database: TestDatabase;
let stand: HttpStand;
let dataDir: string;

/** The commands find a server that listens, as they do outside, and run in this process. */
beforeAll(async () => {
  database = await createDatabase('notifycommands');
  dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-test-'));
  const token = await ensureToken(dataDir);
  const port = (): number => (stand.app.server.address() as AddressInfo | null)?.port ?? 0;
  stand = await createHttpStand(database.db, {
    stays: true,
    notifiers: testNotifiers([PLACE]),
    http: { token, port },
  });
  await stand.app.listen({ host: '127.0.0.1', port: 0 });
  await writeServerFile(dataDir, {
    url: `http://127.0.0.1:${port()}`,
    pid: process.pid,
    startedAt: isoInstant(0),
  });
});
afterAll(async () => {
  await stand.app.close();
  await rm(dataDir, { recursive: true, force: true });
  await database.drop();
});
afterEach(() => void vi.restoreAllMocks());

/** What a command prints, and how it ends; `typed` comes from standard input. */
async function run(words: string, typed = ''): Promise<{ exit: number; out: string }> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([typed]) as typeof process.stdin);
  try {
    return { exit: await runProgram([...words.split(' '), '--data-dir', dataDir], 'en'), out };
  } finally {
    vi.restoreAllMocks();
  }
}
const json = async <T>(words: string, typed = ''): Promise<T> =>
  JSON.parse((await run(`${words} --json`, typed)).out) as T;

it('keeps, lists, seals anew and forgets secrets without showing them', async () => {
  expect((await run('secrets')).out).toContain('No secret is kept');
  expect((await run('secrets set smtp --stdin --author ada', `${CANARY}\n`)).out).toBe(
    'The secret smtp is kept.\n',
  );
  const { out } = await run('secrets list');
  expect(out).toMatch(/smtp +0123 .*ada/);
  expect(await json<SecretList>('secrets')).toMatchObject({ secrets: [{ name: 'smtp', last4: '0123' }] });
  expect(await stand.deps.secrets.read('smtp')).toBe(CANARY);
  expect(await json<KeyRotation>('secrets rotate-key')).toMatchObject({ secrets: 1 });
  expect((await run('secrets remove smtp')).out).toBe('The secret smtp is forgotten.\n');
  await expect(run('secrets remove smtp')).rejects.toMatchObject({ code: 'unknown_secret' });
  await expect(run('secrets set smtp --stdin', ' \n')).rejects.toMatchObject({ code: 'usage' });
});

it('makes, changes, lists and removes channels', async () => {
  const made = await json<Channel>(`channels add own --kind webhook --url http://${PLACE}/x --stdin`, CANARY);
  expect(made).toMatchObject({ name: 'own', settings: { url: `http://${PLACE}/x` }, hasSecret: true });
  const changed = await json<Channel>(
    `channels set ${made.id} --name ours --least info --language en --disabled`,
  );
  expect(changed).toMatchObject({
    name: 'ours',
    leastSeverity: 'info',
    language: 'en',
    enabled: false,
    settings: made.settings,
    version: 2,
  });
  expect((await run(`channels set ${made.id} --enabled`)).out).toBe('The channel ours is changed.\n');
  const mail = await json<Channel>(
    'channels add mail --kind email --mail-host smtp.example.com --from a@example.com --to b@example.com,c@example.com --no-secret',
  );
  expect(mail.settings).toMatchObject({ port: 465, security: 'tls', to: ['b@example.com', 'c@example.com'] });
  const listed = await run('channels');
  expect(listed.out).toMatch(/ours +webhook +info +yes +yes/);
  expect(listed.out).toMatch(/mail +email +warning +yes +no/);
  expect(listed.out).not.toContain(CANARY);
  for (const { id } of [made, mail]) expect((await run(`channels remove ${id}`)).exit).toBe(EXIT.ok);
  expect(await json<ChannelList>('channels')).toEqual({ channels: [] });
  await expect(run('channels add x --kind pager')).rejects.toMatchObject({ code: 'usage' });
});

it('says of a test what the other side said, and ends badly when it did not take it', async () => {
  const { id } = await json<Channel>(`channels add own --kind webhook --url http://${PLACE}/x --no-secret`);
  const failed = await run(`channels test ${id}`);
  expect(failed.exit).toBe(EXIT.unavailable);
  expect(failed.out).toContain('It was not taken');
  expect(await json<ChannelTest>(`channels test ${id}`)).toMatchObject({
    ok: false,
    error: 'channel_unreachable',
  });
  await stand.deps.store.addNotices(messageOf());
  expect((await run('channels notices --limit 5')).out).toMatch(
    /own +critical +Tushare does not answer +pending/,
  );
  expect((await json<NoticeList>(`channels notices --channel ${id}`)).notices).toHaveLength(1);
});
