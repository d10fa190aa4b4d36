import { AppError, isAppError, type Instant, type NoticeMessage } from '@tapekeeper/core';
import type { Channel, ChannelId, NewChannel } from '../../ports/noticeStore.ts';
import type { AppDeps } from '../deps.ts';
import { channelSecret, SMTP_SECRET } from '../secrets/secrets.ts';

type Deps = Pick<AppDeps, 'store' | 'secrets' | 'notifiers'>;

/** A channel, and whether there is a secret for it. */
export interface ChannelView extends Channel {
  readonly hasSecret: boolean;
}

export async function listChannels({ store, secrets }: Deps): Promise<readonly ChannelView[]> {
  const [channels, facts] = await Promise.all([store.channels(), secrets.facts()]);
  const names = new Set(facts.map(({ name }) => name));
  return channels.map((channel) => ({ ...channel, hasSecret: isThere(channel, names) }));
}

/** Throws `unknown_channel`. */
export async function findChannel({ store, secrets }: Deps, id: ChannelId): Promise<ChannelView> {
  const [channel, facts] = await Promise.all([store.channel(id), secrets.facts()]);
  if (channel === undefined) throw new AppError('unknown_channel', { channel: id });
  return { ...channel, hasSecret: isThere(channel, new Set(facts.map(({ name }) => name))) };
}

/**
 * Makes a channel, with its secret if one is given. Throws `channel_invalid` or `address_refused` where nothing
 * could ever be sent to it, and `channel_exists`.
 */
export async function createChannel(
  deps: Deps,
  {
    channel,
    secret,
    by,
  }: { readonly channel: NewChannel; readonly secret: string | undefined; readonly by: string },
): Promise<ChannelView> {
  if (secret !== undefined || !needsSecret(channel))
    deps.notifiers[channel.kind].check(channel.settings, secret);
  const made = await deps.store.createChannel(channel);
  if (secret === undefined) return findChannel(deps, made.id);
  try {
    await deps.secrets.keep(channelSecret(made.id), secret.trim(), by);
  } catch (error) {
    await deps.store.deleteChannel(made.id);
    throw error;
  }
  return { ...made, hasSecret: true };
}

/** Throws as `createChannel`, `unknown_channel`, `channel_changed`, and `channel_invalid` for another kind. */
export async function updateChannel(
  deps: Deps,
  id: ChannelId,
  change: NewChannel & { readonly version: number },
): Promise<{ readonly before: ChannelView; readonly after: ChannelView }> {
  const before = await findChannel(deps, id);
  if (before.kind !== change.kind)
    throw new AppError('channel_invalid', {
      problem: `it is a channel of kind ${before.kind} and stays one.`,
    });
  if (!needsSecret(change)) deps.notifiers[change.kind].check(change.settings, undefined);
  const changed = await deps.store.updateChannel(id, change);
  return { before, after: { ...changed, hasSecret: before.hasSecret } };
}

/** Its secret goes with it. Throws `unknown_channel`. */
export async function deleteChannel(deps: Deps, id: ChannelId): Promise<ChannelView> {
  const found = await findChannel(deps, id);
  if ((await deps.store.deleteChannel(id)) === undefined)
    throw new AppError('unknown_channel', { channel: id });
  await deps.secrets.remove(channelSecret(id));
  return found;
}

/** The secret that a channel is used with: its own, or for mail that of the mail server. */
export async function secretOf(
  { secrets }: Pick<Deps, 'secrets'>,
  channel: Channel,
): Promise<string | undefined> {
  const own = await secrets.read(channelSecret(channel.id));
  return own ?? (channel.kind === 'email' ? secrets.read(SMTP_SECRET) : undefined);
}

/** What a test of a channel came to. */
export interface ChannelTest {
  readonly ok: boolean;
  readonly deliveryId: string;
  /** The other side's words, or why there are none. */
  readonly said: string;
  readonly error: AppError | null;
  readonly ms: number;
}

/** Sends a test notice now, past the queue. Throws `unknown_channel`. */
export async function testChannel(
  deps: Deps & Pick<AppDeps, 'clock' | 'tasks'>,
  id: ChannelId,
  deliveryId: string,
): Promise<ChannelTest> {
  const channel = await findChannel(deps, id);
  const startedAt = deps.clock.monotonic();
  const ended = (end: Pick<ChannelTest, 'ok' | 'said' | 'error'>): ChannelTest => ({
    ...end,
    said: deps.tasks.mask(end.said),
    deliveryId,
    ms: Math.round(deps.clock.monotonic() - startedAt),
  });
  try {
    const said = await deps.notifiers[channel.kind].send({
      channel,
      secret: await secretOf(deps, channel),
      message: testMessage(channel.name, deps.clock.now()),
      deliveryId,
      signal: new AbortController().signal,
    });
    return ended({ ok: true, said, error: null });
  } catch (error) {
    if (!isAppError(error)) throw error;
    return ended({ ok: false, said: error.message, error });
  }
}

function testMessage(name: string, at: Instant): NoticeMessage {
  return {
    kind: 'test',
    severity: 'info',
    incidentId: null,
    cause: 'test',
    title: { en: 'tapekeeper reaches this channel', zh: 'tapekeeper 可以使用此通知渠道' },
    text: {
      en: `This is a test of the channel "${name}". Nothing is wrong.`,
      zh: `这是通知渠道“${name}”的测试消息，一切正常。`,
    },
    at,
    path: '/',
  };
}

/** Robots are reached at an address that is secret as a whole. */
function needsSecret({ kind }: Pick<Channel, 'kind'>): boolean {
  return kind !== 'email' && kind !== 'webhook';
}

function isThere(channel: Channel, names: ReadonlySet<string>): boolean {
  return names.has(channelSecret(channel.id)) || (channel.kind === 'email' && names.has(SMTP_SECRET));
}
