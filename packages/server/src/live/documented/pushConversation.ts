import { LIVE_CLOSE, liveRequestSchema } from '@tapekeeper/contract';
import { isAppError, may, NOBODY, type Identity } from '@tapekeeper/core';
import { WebSocket } from 'ws';
import { followPush, type PushFollower, type PushOutlet } from '../../app/push/followPush.ts';
import type { PushPlace } from '../../app/push/pushPlace.ts';
import type { LiveEnd, LiveVisitor } from '../../ports/liveGateway.ts';
import { textOf, type ConversationTools } from '../conversation.ts';
import { messageRate } from '../messageRate.ts';

/** Their clients know one code for whoever is not let in, or no longer. */
const UNAUTHORIZED = [LIVE_CLOSE.policy, 'Unauthorized'] as const;

const ENDS: Readonly<Record<LiveEnd | 'over', readonly [code: number, reason: string]>> = {
  void_proof: UNAUTHORIZED,
  too_slow: [LIVE_CLOSE.tooSlow, 'too_slow'],
  restart: [LIVE_CLOSE.restart, 'restart'],
  over: [1000, 'over'],
};

/**
 * What is said over one WebSocket of a documented system. It is opened for everybody, so that a browser sees why
 * it is closed again. Whoever has shown nothing may say who it is with the first message; whoever has shown what is
 * good for nothing is sent away. Resolves `proved` when it is known who it is, or will never be.
 */
export function conversePush(
  socket: WebSocket,
  place: PushPlace,
  shown: LiveVisitor | 'nobody' | 'unproved',
  tools: ConversationTools,
): { readonly proved: Promise<void> } {
  const { gateway, clock, limits, log } = tools;
  const proved = Promise.withResolvers<void>();
  const gone = new AbortController();
  const isFlood = messageRate(clock);
  let follower: PushFollower | undefined;
  let isKnown = false;
  let turn: Promise<void> = Promise.resolve();

  const refuse = (code: number, reason: string): void => {
    gone.abort();
    follower?.leave();
    socket.close(code, reason);
  };
  const outlet: PushOutlet = {
    tell(told) {
      if (socket.readyState === WebSocket.OPEN) socket.send(place.text(told));
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: (end) => refuse(...ENDS[end]),
  };

  const welcome = async (visitor: LiveVisitor): Promise<void> => {
    isKnown = true;
    proved.resolve();
    try {
      const feed = await place.open(visitor.identity);
      if (gone.signal.aborted) return;
      if (feed === undefined) {
        outlet.tell(place.absence);
        return refuse(LIVE_CLOSE.policy, 'Not found');
      }
      const pace = { paceMs: limits.frameMs, heartbeatMs: limits.pushHeartbeatMs };
      follower = await followPush({ gateway, clock, log, ...pace }, visitor, feed, outlet);
      if (gone.signal.aborted) follower.leave();
    } catch (error) {
      if (isAppError(error, 'live_full')) return refuse(LIVE_CLOSE.policy, error.code);
      if (isAppError(error, 'forbidden')) return refuse(...UNAUTHORIZED);
      log.error({ err: error }, 'a push client could not be served');
      refuse(LIVE_CLOSE.restart, 'internal');
    }
  };

  const prove = async (text: string): Promise<void> => {
    if (isKnown || gone.signal.aborted) return;
    const token = tokenOf(text);
    // anything else that clients say keeps the connection alive, and no more
    if (token === undefined) return;
    const identity = await tools.identifyToken(token);
    if (identity === undefined || !may(identity, 'read')) return refuse(...UNAUTHORIZED);
    const identifyAgain = async (): Promise<Identity> => (await tools.identifyToken(token)) ?? NOBODY;
    await welcome({ identity, identifyAgain });
  };

  const endUnproved = async (): Promise<void> => {
    await clock.sleep(limits.proveMs, gone.signal).catch(() => {});
    if (!isKnown && !gone.signal.aborted) refuse(...UNAUTHORIZED);
  };

  socket.on('message', (data) => {
    if (gone.signal.aborted) return;
    if (isFlood()) refuse(LIVE_CLOSE.policy, 'too_many_messages');
    else if (!isKnown) turn = turn.then(() => prove(textOf(data))).catch(() => refuse(...UNAUTHORIZED));
  });
  // what the protocol forbids, such as too long a message, closes the socket by itself
  socket.on('error', () => {});
  socket.on('close', () => {
    gone.abort();
    follower?.leave();
    proved.resolve();
  });

  if (shown === 'nobody') refuse(...UNAUTHORIZED);
  else if (shown === 'unproved') void endUnproved();
  else void welcome(shown);
  return { proved: proved.promise };
}

/** The token of a message that says who it is; undefined for any other. */
function tokenOf(text: string): string | undefined {
  try {
    const { data } = liveRequestSchema.safeParse(JSON.parse(text));
    return data?.type === 'auth' ? data.token : undefined;
  } catch {
    return undefined;
  }
}
