import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ChannelKind } from '@tapekeeper/core';
import { createDelivery, type DeliveryOptions } from '../../packages/server/src/app/notify/deliverNotices.ts';
import { secretMask } from '../../packages/server/src/command/secretMask.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type {
  Channel,
  NewChannel,
  NoticeStore,
  NoticeView,
} from '../../packages/server/src/ports/noticeStore.ts';
import type { Notifiers } from '../../packages/server/src/ports/notifier.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { quietLog } from '../support/quietLog.ts';
import { testTools } from '../support/taskTools.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { testSecrets } from '../support/testSecrets.ts';
import { until } from '../support/until.ts';
import { messageOf } from './message.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let opened: TestDatabase;
const database = (): TestDatabase => opened;
beforeAll(async () => void (opened = await createDatabase('delivery')));
afterAll(() => opened.drop());

/** These tables alone matter here, and emptying all takes longer than a test. */
beforeEach(async () => {
  for (const table of ['notice', 'channel', 'secret'])
    await opened.db.rows(sql`DELETE FROM ${sql.table(`tapekeeper.${table}`)}`);
});
const store = (): NoticeStore => createStore(database().db);

/** So fast that no test waits for a pace. */
const withPace = (notifiers: Notifiers, perMinute = 60_000, burst = 100): Notifiers =>
  Object.fromEntries(
    Object.entries(notifiers).map(([kind, one]) => [
      kind,
      { ...one, kind: kind as ChannelKind, pace: { perMinute, burst } },
    ]),
  ) as Notifiers;

interface Started {
  readonly receivers: readonly Receiver[];
  readonly options?: Partial<DeliveryOptions>;
  readonly notifiers?: (usual: Notifiers) => Notifiers;
}

/** A process that delivers, as far as one is needed here. */
async function startDelivery({ receivers, options, notifiers = withPace }: Started) {
  const { db } = database();
  const secrets = testSecrets(db);
  const service = createDelivery({
    deps: {
      store: createStore(db),
      secrets,
      notifiers: notifiers(testNotifiers(receivers.map(({ place }) => place))),
      clock: systemClock,
      tasks: { ...testTools(), mask: secretMask(() => ['canary-of-the-mask']) },
      log: quietLog,
    },
    everyMs: 5,
    ...options,
  });
  await service.start();
  onTestFinished(() => service.stop());
  return service;
}

const channelAt = (receiver: Receiver, more: Partial<NewChannel> = {}): Promise<Channel> =>
  store().createChannel({
    name: `to ${receiver.place}`,
    kind: 'webhook',
    settings: { url: `${receiver.url}/` },
    language: 'en',
    leastSeverity: 'info',
    enabled: true,
    ...more,
  });

const all = (): Promise<readonly NoticeView[]> =>
  store().notices({ channelId: null, incidentId: null, before: null, limit: 500 });
const states = async (): Promise<readonly string[]> => (await all()).map(({ state }) => state);
const settled = (): Promise<void> => until(async () => !(await states()).includes('pending'));
const idsAt = (receiver: Receiver): unknown[] =>
  receiver.received.map(({ headers }) => headers['tapekeeper-delivery']);

describe('a message', () => {
  it('goes to every enabled channel that wants its severity', async () => {
    const receiver = await startReceiver(() => ({ body: '' }));
    for (const [name, more] of Object.entries<Partial<NewChannel>>({
      all: {},
      grave: { leastSeverity: 'critical' },
      off: { enabled: false },
    }))
      await channelAt(receiver, { name, ...more });
    const gone = await channelAt(receiver, { name: 'gone' });
    await store().deleteChannel(gone.id);
    expect(await store().addNotices(messageOf({ severity: 'warning' }))).toBe(1);
    expect(await store().addNotices(messageOf({ severity: 'critical' }))).toBe(2);
    expect((await all()).map(({ channelName }) => channelName)).toEqual(['grave', 'all', 'all']);
  });

  it('leaves with the transaction that it tells of, or not at all', async () => {
    const receiver = await startReceiver(() => ({ body: '' }));
    await channelAt(receiver);
    const { addNotices } = await import('../../packages/server/src/store/notices/addNotices.ts');
    const failed = database().db.transaction(async (tx) => {
      await addNotices(tx, messageOf());
      throw new Error('the fact was not kept');
    });
    await expect(failed).rejects.toThrow('not kept');
    expect(await all()).toEqual([]);
  });
});

describe('delivery', () => {
  it('sends each notice once, with two processes at it', async () => {
    const receivers = await Promise.all(
      Array.from({ length: 3 }, () => startReceiver(() => ({ body: 'ok' }))),
    );
    for (const receiver of receivers) await channelAt(receiver);
    for (let incident = 1; incident <= 12; incident += 1)
      await store().addNotices(messageOf({ incidentId: incident }));
    await startDelivery({ receivers });
    await startDelivery({ receivers });
    await settled();
    expect(new Set(await states())).toEqual(new Set(['sent']));
    for (const receiver of receivers) {
      expect(new Set(idsAt(receiver)).size).toBe(12);
      expect(receiver.received.map(({ json }) => json()['incidentId'])).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      );
    }
  });

  it('is done again under the same id when its process died before it could say so', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    await channelAt(receiver);
    await store().addNotices(messageOf());
    const paces = Object.fromEntries(
      Object.values(testNotifiers()).map(({ kind }) => [kind, { perMinute: 600, burst: 10 }]),
    ) as never;
    const [dead] = await store().claimNotices({ limit: 1, holdMs: 150, paces });
    if (dead === undefined) throw new Error('nothing was claimed');
    await testNotifiers([receiver.place]).webhook.send({
      ...dead,
      secret: undefined,
      signal: new AbortController().signal,
    });
    await startDelivery({ receivers: [receiver] });
    await settled();
    expect(idsAt(receiver)).toEqual([dead.deliveryId, dead.deliveryId]);
    expect(await store().settleNotice(dead, null, null)).toBe(false);
    expect(await all()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('never sends while another process is at it', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    await channelAt(receiver);
    for (let count = 0; count < 3; count += 1) await store().addNotices(messageOf());
    const paces = Object.fromEntries(
      Object.values(testNotifiers()).map(({ kind }) => [kind, { perMinute: 600, burst: 10 }]),
    ) as never;
    const claims = await Promise.all(
      Array.from({ length: 6 }, () => store().claimNotices({ limit: 5, holdMs: 60_000, paces })),
    );
    expect(claims.flat()).toHaveLength(1);
  });

  it('does not send what waited for an hour', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    await channelAt(receiver);
    await store().addNotices(messageOf({ incidentId: 1 }));
    await database().db.rows(sql`
      UPDATE tapekeeper.notice SET created_at = created_at - interval '61 minutes', due_at = due_at - interval '61 minutes',
        expires_at = expires_at - interval '61 minutes'`);
    await store().addNotices(messageOf({ incidentId: 2 }));
    await startDelivery({ receivers: [receiver] });
    await settled();
    expect(await all()).toMatchObject([
      { state: 'sent', message: { incidentId: 2 } },
      { state: 'expired', message: { incidentId: 1 }, error: 'it waited too long' },
    ]);
    expect(receiver.received.map(({ json }) => json()['incidentId'])).toEqual([2]);
  });

  it('to a channel that hangs holds up no other', async () => {
    const hanging = await startReceiver(() => 'hang');
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    const { id } = await channelAt(hanging);
    await channelAt(receiver);
    for (let incident = 1; incident <= 20; incident += 1)
      await store().addNotices(messageOf({ incidentId: incident }));
    await startDelivery({ receivers: [hanging, receiver], options: { retriesMs: [60_000] } });
    await receiver.count(20);
    const stuck = (await all()).filter(({ channelId }) => channelId === id);
    expect(new Set(stuck.map(({ state }) => state))).toEqual(new Set(['pending']));
  });

  it('is tried again after what passes, four times in all, and not after a refusal', async () => {
    const failing = await startReceiver(() => ({ status: 503, body: 'busy' }));
    const refusing = await startReceiver(() => ({ status: 403, body: 'no, canary-of-the-mask' }));
    const recovering = await startReceiver((_, number) => ({ status: number < 3 ? 500 : 200, body: '' }));
    for (const receiver of [failing, refusing, recovering]) await channelAt(receiver);
    await store().addNotices(messageOf());
    await startDelivery({ receivers: [failing, refusing, recovering], options: { retriesMs: [1, 1, 1] } });
    await settled();
    const ended = new Map((await all()).map((notice) => [notice.channelName, notice]));
    expect(ended.get(`to ${failing.place}`)).toMatchObject({ state: 'failed', attempts: 4 });
    expect(ended.get(`to ${recovering.place}`)).toMatchObject({ state: 'sent', attempts: 3, error: null });
    const refused = ended.get(`to ${refusing.place}`);
    expect(refused).toMatchObject({ state: 'failed', attempts: 1 });
    expect(refused?.error).toMatch(/403: no, \*\*\*$/);
    expect([failing, refusing, recovering].map(({ received }) => received.length)).toEqual([4, 1, 3]);
  });

  it('keeps to the pace of a channel', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    await channelAt(receiver);
    for (let incident = 1; incident <= 8; incident += 1)
      await store().addNotices(messageOf({ incidentId: incident }));
    await startDelivery({ receivers: [receiver], notifiers: (usual) => withPace(usual, 1, 5) });
    await until(async () => (await states()).filter((state) => state === 'sent').length === 5);
    // as though a minute had gone by
    await database().db.rows(
      sql`UPDATE tapekeeper.channel SET paced_until = paced_until - interval '1 minute'`,
    );
    await until(async () => (await states()).filter((state) => state === 'sent').length === 6);
    expect(receiver.received).toHaveLength(6);
  });

  it('uses the secret of the channel, and for mail that of the server', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    const { id } = await channelAt(receiver);
    await testSecrets(database().db).keep(`channel:${id}`, 'a signing key', 'ada');
    await store().addNotices(messageOf());
    await startDelivery({ receivers: [receiver] });
    await settled();
    expect(receiver.received[0]?.headers['tapekeeper-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
  });

  it('that is stopped half-way is for the next process at once', async () => {
    const hanging = await startReceiver((_, number) => (number === 1 ? 'hang' : { body: 'ok' }));
    await channelAt(hanging);
    await store().addNotices(messageOf());
    const first = await startDelivery({ receivers: [hanging] });
    await hanging.count(1);
    await first.stop();
    await startDelivery({ receivers: [hanging] });
    await settled();
    expect(await all()).toMatchObject([{ state: 'sent', attempts: 2 }]);
    expect(new Set(idsAt(hanging)).size).toBe(1);
  });

  it('gives up what waits for a channel that is removed', async () => {
    const receiver = await startReceiver(() => ({ body: 'ok' }));
    const { id } = await channelAt(receiver);
    await store().addNotices(messageOf());
    await store().deleteChannel(id);
    expect(await all()).toMatchObject([{ state: 'expired', error: 'the channel was removed' }]);
  });
});
