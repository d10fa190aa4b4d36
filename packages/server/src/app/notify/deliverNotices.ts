import { toAppError, type ChannelKind, type ErrorCode } from '@tapekeeper/core';
import type { ClaimedNotice, Pace } from '../../ports/noticeStore.ts';
import type { AppDeps } from '../deps.ts';
import { loopService, type Service } from '../loop.ts';
import { secretOf } from './channels.ts';

type Deps = Pick<AppDeps, 'store' | 'secrets' | 'notifiers' | 'clock' | 'tasks' | 'log'>;

export interface DeliveryOptions {
  readonly deps: Deps;
  readonly everyMs?: number;
  /** Longer than any delivery may take, so that nobody else sends what is still on its way. */
  readonly holdMs?: number;
  /** Pauses before the second and every further try; after the last there is none. */
  readonly retriesMs?: readonly number[];
}

const EVERY_MS = 1_000;
const HOLD_MS = 30_000;
const RETRIES_MS = [30_000, 120_000, 600_000];
/** Deliveries of one process at a time; there is one a channel at most. */
const AT_ONCE = 16;
/** What no other try changes. */
const FINAL: readonly ErrorCode[] = ['channel_refused', 'channel_invalid', 'address_refused'];
/** Words of an error that are kept. */
const LONGEST_ERROR = 500;

/**
 * Sends what waits in the queue of notices. Any number of processes may run it over one database. Each delivery
 * goes by itself: a channel that says nothing holds up nothing but what is for it.
 */
export function createDelivery(options: DeliveryOptions): Service {
  const { deps, holdMs = HOLD_MS, retriesMs = RETRIES_MS } = options;
  const paces = pacesOf(deps);
  const under = new Set<Promise<void>>();
  let leaving = Promise.withResolvers<void>();
  let stopping = new AbortController();

  const places = async (): Promise<number> => {
    if (under.size >= AT_ONCE) await Promise.race([...under, leaving.promise]);
    return AT_ONCE - under.size;
  };

  const loop = loopService({
    name: 'delivery',
    everyMs: options.everyMs ?? EVERY_MS,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      const limit = await places();
      if (limit === 0) return false;
      const claimed = await deps.store.claimNotices({ limit, holdMs, paces });
      for (const notice of claimed) {
        const delivery = deliver(deps, notice, retriesMs, stopping.signal).finally(() =>
          under.delete(delivery),
        );
        under.add(delivery);
      }
      return claimed.length > 0;
    },
  });

  return {
    async start() {
      if (stopping.signal.aborted)
        [leaving, stopping] = [Promise.withResolvers<void>(), new AbortController()];
      await loop.start();
    },
    async stop() {
      leaving.resolve();
      await loop.stop();
      // only now, or this process would itself take what its own end has given back, once more and in vain
      stopping.abort();
      await Promise.all(under);
    },
  };
}

/** Never throws: what cannot be settled is claimed again when its hold is over. */
async function deliver(
  deps: Deps,
  notice: ClaimedNotice,
  retriesMs: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const { channel, message, deliveryId, attempt } = notice;
  const about = { noticeId: notice.id, channel: channel.name, attempt };
  try {
    const send = async (): Promise<undefined> => {
      const secret = await secretOf(deps, channel);
      await deps.notifiers[channel.kind].send({ channel, secret, message, deliveryId, signal });
      return undefined;
    };
    const failed = await send().catch(toAppError);
    const passes = failed !== undefined && !FINAL.includes(failed.code);
    // what was interrupted by the end of this process is for the next one at once
    const retryMs = passes ? (signal.aborted ? 0 : (retriesMs[attempt - 1] ?? null)) : null;
    const error = failed === undefined ? null : deps.tasks.mask(failed.message).slice(0, LONGEST_ERROR);
    if (error !== null) deps.log.warn({ ...about, retryMs, error }, 'a notice was not delivered');
    const settled = await deps.store.settleNotice(notice, error, retryMs);
    if (!settled) deps.log.warn(about, 'a notice had been taken over before its delivery ended');
  } catch (error) {
    deps.log.error({ ...about, err: error }, 'the end of a delivery could not be noted');
  }
}

function pacesOf({ notifiers }: Deps): Readonly<Record<ChannelKind, Pace>> {
  const paces = Object.values(notifiers).map(({ kind, pace }) => [kind, pace] as const);
  return Object.fromEntries(paces) as Record<ChannelKind, Pace>;
}
