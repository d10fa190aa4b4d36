import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { ChannelKind, Language } from '@tapekeeper/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { HOSTILE, messageOf } from './message.ts';
import { startReceiver, type Receiver, type Reply } from './receiver.ts';
import { testNotifiers } from '../support/testNotifiers.ts';

const KEY = 'SECcanary000111222333';
/** A round second of 2024. */
const NOW = 1_706_702_400_000;
const DELIVERY = '5a5b8f0e-9c1e-4f5e-8f0e-2f4f6d1c9a77';

interface Asked {
  readonly secret?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly language?: Language;
  readonly message?: ReturnType<typeof messageOf>;
}

const sendTo = (places: readonly string[], kind: ChannelKind, asked: Asked): Promise<string> =>
  testNotifiers(places, { ...systemClock, now: () => NOW })[kind].send({
    channel: { name: 'ops', settings: asked.settings ?? {}, language: asked.language ?? 'en' },
    secret: asked.secret,
    message: asked.message ?? messageOf(),
    deliveryId: DELIVERY,
    signal: new AbortController().signal,
  });

const sendBy = (kind: ChannelKind, receiver: Receiver, asked: Asked = {}): Promise<string> =>
  sendTo([receiver.place], kind, {
    secret: `${receiver.url}/robot/send?access_token=canary-token ${KEY}`,
    ...asked,
  });

const OK: Readonly<Record<string, Reply>> = {
  dingtalk: { body: '{"errcode":0,"errmsg":"ok"}' },
  feishu: { body: '{"code":0,"msg":"success","data":{}}' },
  wecom: { body: '{"errcode":0,"errmsg":"ok"}' },
  slack: { body: 'ok' },
};
const ROBOTS = ['dingtalk', 'feishu', 'wecom', 'slack'] as const;

describe('DingTalk', () => {
  it('is sent markdown, signed with the time and the key', async () => {
    const receiver = await startReceiver(() => OK['dingtalk'] as Reply);
    expect(await sendBy('dingtalk', receiver)).toBe('0 ok');
    const [{ query, json } = { query: new URLSearchParams(), json: () => ({}) }] = receiver.received;
    const timestamp = query.get('timestamp') ?? '';
    expect(timestamp).toBe(String(NOW));
    expect(query.get('sign')).toBe(createHmac('sha256', KEY).update(`${timestamp}\n${KEY}`).digest('base64'));
    expect(query.get('access_token')).toBe('canary-token');
    expect(json()).toMatchObject({
      msgtype: 'markdown',
      markdown: {
        title: '［Critical］ Tushare does not answer',
        text: expect.stringContaining('daily_bars'),
      },
      at: { isAtAll: false },
    });
    expect(JSON.stringify(json())).toContain('[Show more](https://data.example.com/incidents/12)');
  });

  it('may be without a signature', async () => {
    const receiver = await startReceiver(() => OK['dingtalk'] as Reply);
    await sendBy('dingtalk', receiver, { secret: `${receiver.url}/robot/send?access_token=canary-token` });
    expect([...(receiver.received[0]?.query.keys() ?? [])]).toEqual(['access_token']);
  });

  it('refuses in a 200, for good or in passing', async () => {
    const replies = [
      ['{"errcode":310000,"errmsg":"sign not match"}', 'channel_refused', 'sign not match'],
      ['{"errcode":300001,"errmsg":"token is not exist"}', 'channel_refused', 'token is not exist'],
      ['{"errcode":130101,"errmsg":"send too fast"}', 'channel_unreachable', 'too fast'],
      ['<html>bad gateway</html>', 'channel_unreachable', 'not understood'],
      ['', 'channel_unreachable', 'not understood'],
    ] as const;
    const receiver = await startReceiver((_, number) => ({ body: replies[number - 1]?.[0] ?? '' }));
    for (const [, code, words] of replies)
      await expect(sendBy('dingtalk', receiver)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words),
      });
  });
});

describe('Feishu', () => {
  it('is sent rich text, signed by time and key over nothing', async () => {
    const receiver = await startReceiver(() => OK['feishu'] as Reply);
    expect(await sendBy('feishu', receiver, { language: 'zh' })).toBe('0 success');
    const body = receiver.received[0]?.json() ?? {};
    const timestamp = String(body['timestamp']);
    expect(timestamp).toBe(String(NOW / 1000));
    expect(body['sign']).toBe(createHmac('sha256', `${timestamp}\n${KEY}`).update('').digest('base64'));
    expect(body).toMatchObject({
      msg_type: 'post',
      content: {
        post: {
          zh_cn: {
            title: '［严重］ Tushare 无响应',
            content: [
              [{ tag: 'text', text: '自 20:00 起。' }],
              [{ tag: 'text', text: '请检查 daily_bars。' }],
              [{ tag: 'text', text: '时间：2024-01-31 20:00（北京时间）' }],
              [{ tag: 'a', text: '查看详情', href: 'https://data.example.com/incidents/12' }],
            ],
          },
        },
      },
    });
  });

  it.each<[Reply, string]>([
    [{ body: '{"StatusCode":0,"StatusMessage":"success"}' }, 'taken'],
    [
      {
        body: '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}',
      },
      'channel_refused',
    ],
    [{ status: 400, body: '{"code":9499,"msg":"Bad Request"}' }, 'channel_refused'],
    [{ body: '{"code":11232,"msg":"frequency limited"}' }, 'channel_unreachable'],
    [{ status: 502, body: '<html>' }, 'channel_unreachable'],
    [{ body: '{}' }, 'channel_unreachable'],
  ])('answers %j, which means %s', async (reply, verdict) => {
    const receiver = await startReceiver(() => reply);
    const outcome = await sendBy('feishu', receiver).then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );
    expect(outcome).toBe(verdict);
  });
});

describe('WeCom', () => {
  it('is sent markdown of 4,096 bytes at most, cut between letters', async () => {
    const receiver = await startReceiver(() => OK['wecom'] as Reply);
    const long = messageOf({ text: { en: '', zh: '长'.repeat(5000) } });
    await sendBy('wecom', receiver, { language: 'zh', message: long });
    const { content } = (receiver.received[0]?.json()['markdown'] ?? {}) as { content: string };
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(content)).toBeGreaterThan(4080);
    expect(content).toMatch(/长…\n\[查看详情\]\(https:\/\/data\.example\.com\/incidents\/12\)$/);
    expect(content.isWellFormed()).toBe(true);
  });

  it('refuses an unknown robot, and one that is too fast in passing', async () => {
    const bodies = [
      '{"errcode":93000,"errmsg":"invalid webhook url"}',
      '{"errcode":45009,"errmsg":"freq out of limit"}',
    ];
    const receiver = await startReceiver((_, number) => ({ body: bodies[number - 1] ?? '' }));
    await expect(sendBy('wecom', receiver)).rejects.toMatchObject({ code: 'channel_refused' });
    await expect(sendBy('wecom', receiver)).rejects.toMatchObject({ code: 'channel_unreachable' });
  });
});

describe('Slack and its likes', () => {
  it('are sent a text in which nothing is a call', async () => {
    const receiver = await startReceiver(() => OK['slack'] as Reply);
    expect(await sendBy('slack', receiver)).toBe('HTTP 200: ok');
    expect(receiver.received[0]?.json()).toEqual({
      text: '[Critical] Tushare does not answer\nSince 20:00.\nDo look at daily_bars.\nTime: 2024-01-31 20:00 (Beijing)\nhttps://data.example.com/incidents/12',
      mrkdwn: false,
      link_names: false,
    });
  });

  it.each<[Reply, string]>([
    [{ status: 404, body: 'no_service' }, 'channel_refused'],
    [{ status: 403, body: 'action_prohibited' }, 'channel_refused'],
    [{ status: 429, body: 'rate_limited' }, 'channel_unreachable'],
    [{ status: 500, body: 'rollup_error' }, 'channel_unreachable'],
    [{ status: 302, body: '' }, 'channel_refused'],
    [{ body: '{"ok":false,"error":"invalid_auth"}' }, 'channel_refused'],
  ])('answer %j, which means %s', async (reply, code) => {
    const receiver = await startReceiver(() => reply);
    await expect(sendBy('slack', receiver)).rejects.toMatchObject({ code });
  });
});

describe('every robot', () => {
  it.each(ROBOTS)('of %s shows hostile texts as they stand', async (kind) => {
    const receiver = await startReceiver(() => OK[kind] as Reply);
    const message = messageOf({ title: { en: HOSTILE, zh: HOSTILE }, text: { en: HOSTILE, zh: HOSTILE } });
    await sendBy(kind, receiver, { message });
    const texts = textsIn(receiver.received[0]?.json()).join('\n');
    const own = texts
      .replaceAll('[Show more](https://data.example.com/incidents/12)', '')
      .replaceAll('### ', '');
    expect(own).not.toMatch(/@(all|x)\b/);
    expect(own).not.toMatch(/<[!@]|<https?:/);
    if (kind !== 'slack') expect(own).not.toMatch(/[[\]<>`*]|(^|\n)#/);
    expect(own).toContain('here');
  });

  it.each(ROBOTS)('of %s needs an address', async (kind) => {
    for (const secret of [
      undefined,
      '',
      KEY,
      'https://a.example.com https://b.example.com',
      'https://a.example.com 1 2',
    ])
      await expect(sendTo([], kind, secret === undefined ? {} : { secret })).rejects.toMatchObject({
        code: 'channel_invalid',
      });
  });

  it.each(ROBOTS)('of %s shows its address in no error', async (kind) => {
    const receiver = await startReceiver(() => ({ status: 400, body: 'no' }));
    const secret = `${receiver.url}/hook/canary-path?access_token=canary-token ${KEY}`;
    const failed: unknown = await sendBy(kind, receiver, { secret }).catch((error: unknown) => error);
    const inner: unknown = await sendTo([], kind, { secret: `https://10.0.0.1/canary-path ${KEY}` }).catch(
      (error: unknown) => error,
    );
    for (const error of [failed, inner] as Error[]) {
      const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`;
      expect(said).not.toMatch(/canary/);
    }
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

interface Mailbox {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly place: string;
  readonly mails: readonly string[];
}

async function startMail(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        mails.push(text);
        done(null, 'queued as 1');
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  const { port } = server.server.address() as AddressInfo;
  const settings = {
    host: '127.0.0.1',
    port,
    security: 'none',
    user: null,
    from: 'robot@example.com',
    to: ['me@example.com', 'desk@example.com'],
  };
  return { settings, place: `127.0.0.1:${port}`, mails };
}

describe('mail', () => {
  it('is handed over as plain text, with the same id for every try', async () => {
    const { settings, place, mails } = await startMail();
    const message = messageOf({ title: { en: 'Broken\r\nBcc: evil@example.com', zh: '坏了' } });
    expect(await sendTo([place], 'email', { settings, message })).toContain('queued as 1');
    const [mail = ''] = mails;
    expect(mail).toContain(`Message-ID: <${DELIVERY}@tapekeeper>`);
    expect(mail).toContain('To: me@example.com, desk@example.com');
    expect(mail).toMatch(/^Subject: \[Critical\] Broken Bcc: evil@example\.com\r$/m);
    expect(mail).not.toMatch(/^Bcc:/im);
    expect(mail).toContain('Content-Type: text/plain');
    expect(mail).toContain('Do look at daily_bars.');
    expect(mail).toContain('https://data.example.com/incidents/12');
  });

  it('logs in with the password, and says when that is wrong', async () => {
    const logins: string[] = [];
    const { settings, place } = await startMail({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        logins.push(`${username} ${password}`);
        if (password === 'right') done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
    });
    const withUser = { ...settings, user: 'robot' };
    await sendTo([place], 'email', { settings: withUser, secret: 'right' });
    await expect(sendTo([place], 'email', { settings: withUser, secret: 'wrong' })).rejects.toMatchObject({
      code: 'channel_refused',
    });
    expect(logins).toEqual(['robot right', 'robot wrong']);
  });

  it('is refused for good or in passing, as the server says', async () => {
    const refusing = await startMail({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('no such user'), { responseCode: 550 })),
    });
    await expect(sendTo([refusing.place], 'email', refusing)).rejects.toMatchObject({
      code: 'channel_refused',
    });
    const busy = await startMail({
      onMailFrom: (_address, _session, done) =>
        done(Object.assign(new Error('try later'), { responseCode: 451 })),
    });
    await expect(sendTo([busy.place], 'email', busy)).rejects.toMatchObject({ code: 'channel_unreachable' });
  });

  it('is handed to no server whose certificate is not its own, nor unencrypted where it should not be', async () => {
    const logins: string[] = [];
    const onAuth: SMTPServerOptions['onAuth'] = ({ password }, _session, done) => {
      logins.push(String(password));
      done(null, { user: 'robot' });
    };
    // a certificate that nobody has signed
    const secure = await startMail({ secure: true, onAuth });
    const upgrading = await startMail({ disabledCommands: [], onAuth });
    const open = await startMail({ allowInsecureAuth: true, onAuth });
    for (const [mailbox, security] of [
      [secure, 'tls'],
      [upgrading, 'starttls'],
      [open, 'starttls'],
      [open, 'tls'],
    ] as const)
      await expect(
        sendTo([mailbox.place], 'email', {
          settings: { ...mailbox.settings, security, user: 'robot' },
          secret: 'a password',
        }),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^channel_(refused|unreachable)$/) });
    expect([logins, secure.mails, upgrading.mails, open.mails]).toEqual([[], [], [], []]);
  });

  it('gives up on a server that says nothing', async () => {
    const { settings, place } = await startMail({ onConnect: () => {} });
    await expect(sendTo([place], 'email', { settings })).rejects.toMatchObject({
      code: 'channel_unreachable',
    });
  });

  it('refuses servers within, and to hand anything over unencrypted on the internet', async () => {
    const { settings } = await startMail();
    for (const change of [
      {},
      { host: 'localhost' },
      { host: 'mail.local' },
      { host: '10.0.0.1', port: 465 },
      { host: 'a/b' },
      { host: 'a@b' },
    ])
      await expect(sendTo([], 'email', { settings: { ...settings, ...change } })).rejects.toMatchObject({
        code: 'address_refused',
      });
    const open = { ...settings, host: 'smtp.example.com', port: 25 };
    await expect(sendTo([], 'email', { settings: open })).rejects.toMatchObject({ code: 'channel_invalid' });
    await expect(sendTo([], 'email', { settings: { ...settings, to: [] } })).rejects.toMatchObject({
      code: 'channel_invalid',
    });
  });
});
