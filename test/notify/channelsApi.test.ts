import type { Channel, ChannelTest, NoticeList, Problem, SecretList } from '@tapekeeper/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secretMask } from '../../packages/server/src/command/secretMask.ts';
import { secretForms } from '../../packages/server/src/app/secrets/secretForms.ts';
import type { Delivery, Notifier, Notifiers } from '../../packages/server/src/ports/notifier.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, TOKEN, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { tableContents } from '../support/tableContents.ts';
import { testTools } from '../support/taskTools.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { testSecrets } from '../support/testSecrets.ts';
import { messageOf } from './message.ts';
import { startReceiver } from './receiver.ts';

let opened: TestDatabase;
const database = (): TestDatabase => opened;
const CANARY = 'canary-4f1d2c3b5a69788796a5b4c3d2e1f000';
let stand: HttpStand;
/** Every body that was answered. */
let answered: string[];

/** Receivers that may be reached in the test at hand. */
let places: readonly string[];

/** The real notifiers with the places as they are when one is used, so that one stand does for all tests. */
const notifiers = Object.fromEntries(
  Object.values(testNotifiers()).map(({ kind, pace }) => [
    kind,
    {
      kind,
      pace,
      check: (...given: Parameters<Notifier['check']>) => testNotifiers(places)[kind].check(...given),
      send: (delivery: Delivery) => testNotifiers(places)[kind].send(delivery),
    },
  ]),
) as unknown as Notifiers;

beforeAll(async () => {
  opened = await createDatabase('channels');
  const hidden = new Set<string>();
  const note = (text: string): void => secretForms(text).forEach((form) => void hidden.add(form));
  stand = await createHttpStand(database().db, {
    stays: true,
    notifiers,
    tasks: { ...testTools(), mask: secretMask(() => [...hidden]) },
    deps: (deps) => ({ ...deps, secrets: testSecrets(database().db, note) }),
  });
});
afterAll(async () => {
  await stand.app.close();
  await opened.drop();
});

/** These tables alone matter here, and emptying all takes longer than a test. */
beforeEach(async () => {
  for (const table of ['notice', 'channel', 'secret'])
    await opened.db.rows(sql`DELETE FROM ${sql.table(`tapekeeper.${table}`)}`);
  places = [];
  answered = [];
});

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await stand.ask({ method, url, headers, ...(payload && { payload }) });
  answered.push(answer.body, JSON.stringify(answer.headers));
  return answer;
}

const operations = async (): Promise<string> =>
  JSON.stringify(await database().db.rows(sql`SELECT * FROM tapekeeper.operation`));

const WEBHOOK = { name: 'own', kind: 'webhook', settings: { url: 'https://example.com/hook' } };

describe('secrets', () => {
  it('go in, are told of by their last letters, and are removed', async () => {
    expect(
      (await ask('PUT', '/v1/secrets/source:tushare', { secret: ` ${CANARY}\n`, author: 'ada' })).json(),
    ).toEqual({
      name: 'source:tushare',
      last4: 'f000',
      updatedAt: expect.any(String),
      updatedBy: 'ada',
    });
    expect(await stand.deps.secrets.read('source:tushare')).toBe(CANARY);
    expect((await ask('GET', '/v1/secrets')).json<SecretList>().secrets).toHaveLength(1);
    expect((await ask('DELETE', '/v1/secrets/source:tushare')).statusCode).toBe(200);
    expect((await ask('DELETE', '/v1/secrets/source:tushare')).json<Problem>().code).toBe('unknown_secret');
  });

  it.each(['nothing', 'source:akshare', 'channel:0', 'channel:x', 'channel:999', 'signing', '..%2fx'])(
    'are not kept under %s',
    async (name) => {
      const { statusCode } = await ask('PUT', `/v1/secrets/${name}`, { secret: CANARY });
      expect([400, 404]).toContain(statusCode);
      expect(await stand.deps.secrets.facts()).toEqual([]);
    },
  );

  it.each([
    {},
    { secret: '' },
    { secret: '  ' },
    { secret: 1 },
    { secret: 'x', more: 1 },
    { secret: 'x'.repeat(5000) },
  ])('are not made of %j', async (body) => {
    expect((await ask('PUT', '/v1/secrets/smtp', body)).json<Problem>().code).toBe('bad_request');
  });

  it('can be sealed anew', async () => {
    await ask('PUT', '/v1/secrets/smtp', { secret: CANARY });
    const rotated = await ask('POST', '/v1/secret-key/rotations');
    expect(rotated.json()).toMatchObject({ secrets: 1, keyId: expect.stringMatching(/^[0-9a-f]{12}$/) });
  });

  it('are for admins', async () => {
    for (const url of ['/v1/secrets', '/v1/channels', '/v1/channels/1', '/v1/notices'])
      expect((await stand.get(url)).statusCode).toBe(401);
  });

  it('are in no answer, operation or event, nor anywhere in the database', async () => {
    const receiver = await startReceiver(({ text }) => ({
      status: 400,
      body: `I do not like ${CANARY} ${text}`,
    }));
    places = [receiver.place];
    const secret = `${receiver.url}/${CANARY}?access_token=${CANARY}1 ${CANARY}2`;
    const { id } = (
      await ask('POST', '/v1/channels', { name: 'bot', kind: 'dingtalk', secret })
    ).json<Channel>();
    await ask('PUT', `/v1/secrets/channel:${id}`, { secret });
    await ask('PUT', '/v1/secrets/smtp', { secret: CANARY, unknown: CANARY });
    await ask('POST', '/v1/channels', { name: 'bot', kind: 'dingtalk', secret });
    const tested = (await ask('POST', `/v1/channels/${id}/test`)).json<ChannelTest>();
    expect(tested).toMatchObject({
      ok: false,
      error: 'channel_refused',
      said: expect.stringContaining('***'),
    });
    await ask('GET', '/v1/channels');
    await ask('GET', '/v1/secrets');
    await ask('DELETE', `/v1/channels/${id}`);
    expect(answered.join('\n')).not.toContain(CANARY);
    expect(JSON.stringify(await tableContents(database().db))).not.toContain(CANARY);
    expect(await operations()).toContain('testChannel');
  });
});

describe('channels', () => {
  it('are made, changed by who has seen the last change, and removed with their secret', async () => {
    const made = await ask('POST', '/v1/channels', { ...WEBHOOK, secret: CANARY });
    expect(made.statusCode).toBe(201);
    const channel = made.json<Channel>();
    expect(channel).toMatchObject({
      ...WEBHOOK,
      language: 'zh',
      leastSeverity: 'warning',
      enabled: true,
      hasSecret: true,
      version: 1,
    });
    expect(made.headers.location).toBe(`/v1/channels/${channel.id}`);
    const change = { ...WEBHOOK, name: 'ours', enabled: false, version: 1 };
    const url = `/v1/channels/${channel.id}`;
    expect((await ask('PUT', url, change)).json()).toMatchObject({
      name: 'ours',
      enabled: false,
      version: 2,
    });
    expect((await ask('PUT', url, change)).json<Problem>().code).toBe('channel_changed');
    expect((await ask('GET', url)).json()).toMatchObject({ name: 'ours', hasSecret: true });
    expect((await ask('DELETE', url)).statusCode).toBe(200);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await ask(method, url)).json<Problem>().code).toBe('unknown_channel');
    expect(await stand.deps.secrets.facts()).toEqual([]);
    expect((await ask('POST', '/v1/channels', { ...WEBHOOK, name: 'ours' })).statusCode).toBe(201);
  });

  it('have names of their own and stay of their kind', async () => {
    const { id } = (await ask('POST', '/v1/channels', WEBHOOK)).json<Channel>();
    expect((await ask('POST', '/v1/channels', WEBHOOK)).json<Problem>().code).toBe('channel_exists');
    const other = (await ask('POST', '/v1/channels', { ...WEBHOOK, name: 'other' })).json<Channel>();
    expect(
      (await ask('PUT', `/v1/channels/${other.id}`, { ...WEBHOOK, version: 1 })).json<Problem>().code,
    ).toBe('channel_exists');
    const robot = { name: 'own', kind: 'slack', version: 1 };
    expect((await ask('PUT', `/v1/channels/${id}`, robot)).json<Problem>().code).toBe('channel_invalid');
  });

  it.each<[object, string]>([
    [{ ...WEBHOOK, settings: { url: 'https://10.0.0.1/x' } }, 'address_refused'],
    [{ ...WEBHOOK, settings: { url: 'http://example.com/x' } }, 'address_refused'],
    [{ name: 'bot', kind: 'dingtalk', secret: 'no address' }, 'channel_invalid'],
    [{ name: 'bot', kind: 'wecom', secret: 'https://169.254.169.254/' }, 'address_refused'],
    [{ name: 'bot', kind: 'pager', settings: {} }, 'bad_request'],
    [{ ...WEBHOOK, name: '' }, 'bad_request'],
    [{ ...WEBHOOK, name: '<b>' }, 'bad_request'],
    [{ ...WEBHOOK, settings: { url: 'https://example.com', more: 1 } }, 'bad_request'],
    [{ ...WEBHOOK, id: 7 }, 'bad_request'],
    [
      { name: 'm', kind: 'email', settings: { host: 'smtp.example.com', from: 'a', to: ['b@c.de'] } },
      'bad_request',
    ],
    [
      { name: 'm', kind: 'email', settings: { host: '127.0.0.1', from: 'a@b.cd', to: ['b@c.de'] } },
      'address_refused',
    ],
  ])('are not made of %j', async (body, code) => {
    expect((await ask('POST', '/v1/channels', body)).json<Problem>().code).toBe(code);
    expect((await ask('GET', '/v1/channels')).json()).toEqual({ channels: [] });
  });

  it('are tested with a notice that goes out at once', async () => {
    const receiver = await startReceiver(() => ({ body: 'hello' }));
    places = [receiver.place];
    const body = { ...WEBHOOK, settings: { url: `${receiver.url}/x` }, secret: CANARY };
    const { id } = (await ask('POST', '/v1/channels', body)).json<Channel>();
    const tested = (await ask('POST', `/v1/channels/${id}/test`)).json<ChannelTest>();
    expect(tested).toMatchObject({ ok: true, said: 'HTTP 200: hello', error: null });
    expect(receiver.received[0]?.json()).toMatchObject({ kind: 'test', delivery: tested.deliveryId });
    expect((await ask('POST', '/v1/channels/999/test')).json<Problem>().code).toBe('unknown_channel');
  });

  it('without the secret that they need say so when tested', async () => {
    const { id } = (await ask('POST', '/v1/channels', { name: 'bot', kind: 'feishu' })).json<Channel>();
    expect((await ask('GET', `/v1/channels/${id}`)).json()).toMatchObject({ hasSecret: false });
    expect((await ask('POST', `/v1/channels/${id}/test`)).json()).toMatchObject({
      ok: false,
      error: 'channel_invalid',
      said: expect.stringContaining('address of the robot'),
    });
  });

  it('for mail have a secret when the mail server has one', async () => {
    const settings = { host: 'smtp.example.com', from: 'a@example.com', to: ['b@example.com'] };
    const { id, settings: kept } = (
      await ask('POST', '/v1/channels', { name: 'mail', kind: 'email', settings })
    ).json<Channel>();
    expect(kept).toEqual({ ...settings, port: 465, security: 'tls', user: null });
    await ask('PUT', '/v1/secrets/smtp', { secret: CANARY });
    expect((await ask('GET', `/v1/channels/${id}`)).json()).toMatchObject({ hasSecret: true });
  });

  it('leave lines in the audit log that name what changed', async () => {
    const { id } = (await ask('POST', '/v1/channels', { ...WEBHOOK, secret: CANARY })).json<Channel>();
    await ask('PUT', `/v1/channels/${id}`, { ...WEBHOOK, enabled: false, version: 1 });
    await ask('DELETE', `/v1/channels/${id}`);
    const lines = await database().db.rows(sql`
      SELECT action, object_kind AS kind, object_id AS id, before, after FROM tapekeeper.operation
      WHERE object_kind = 'channel' AND object_id = ${String(id)} ORDER BY operation.id DESC`);
    expect(lines).toMatchObject([
      { action: 'deleteChannel', before: { name: 'own', enabled: false } },
      { action: 'updateChannel', before: { enabled: true }, after: { enabled: false } },
      { action: 'createChannel', after: { name: 'own', settings: { url: 'https://example.com/hook' } } },
    ]);
  });
});

describe('notices', () => {
  it('are listed newest first, by channel, incident and page', async () => {
    for (const name of ['one', 'two']) await ask('POST', '/v1/channels', { ...WEBHOOK, name });
    for (const incidentId of [1, 2, 3]) await stand.deps.store.addNotices(messageOf({ incidentId }));
    const page = async (query: string): Promise<NoticeList> =>
      (await ask('GET', `/v1/notices?${query}`)).json();
    const first = await page('limit=4');
    expect(first.notices.map(({ incidentId }) => incidentId)).toEqual([3, 3, 2, 2]);
    expect((await page(`limit=4&before=${first.next}`)).notices.map(({ incidentId }) => incidentId)).toEqual([
      1, 1,
    ]);
    expect((await page('incident=2')).notices).toHaveLength(2);
    const [{ channelId } = { channelId: 0 }] = first.notices;
    expect((await page(`channel=${channelId}`)).notices).toHaveLength(3);
    expect(first.notices[0]).toMatchObject({
      state: 'pending',
      attempts: 0,
      sentAt: null,
      error: null,
      title: { en: 'Tushare does not answer' },
    });
  });
});
