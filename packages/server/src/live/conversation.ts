import { LIVE_CLOSE, liveRequestSchema, type LiveRequest } from '@tapekeeper/contract';
import { AppError, ERRORS, errorText, isAppError, may, NOBODY, type Identity } from '@tapekeeper/core';
import type { RawData, WebSocket } from 'ws';
import type { LiveLimits } from './limits.ts';
import type { LiveGateway, LiveSubscriber, LiveVisitor } from '../ports/liveGateway.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { message } from './frame.ts';
import { messageRate } from './messageRate.ts';
import { webSocketLine } from './webSocketLine.ts';

export interface ConversationTools {
  readonly gateway: LiveGateway;
  /** Who holds a token; undefined where it is good for nothing. */
  readonly identifyToken: (token: string) => Promise<Identity | undefined>;
  readonly limits: LiveLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is said over one WebSocket. The visitor is who the headers of the upgrade show, or nobody yet. Messages
 * are answered one after the other. Resolves `proved` when it is known who it is, or will never be.
 */
export function converse(
  socket: WebSocket,
  shown: LiveVisitor | undefined,
  tools: ConversationTools,
): { readonly proved: Promise<void> } {
  const { gateway, clock } = tools;
  const line = webSocketLine(socket);
  const proved = Promise.withResolvers<void>();
  const gone = new AbortController();
  let visitor: LiveVisitor | undefined;
  let subscriber: LiveSubscriber | undefined;
  let turn: Promise<void> = Promise.resolve();
  let isOver = false;
  const isFlood = messageRate(clock);

  const say = (type: string, rest: Readonly<Record<string, unknown>> = {}): void =>
    line.send(message(type, gateway.upTo(), rest));

  const welcome = (newcomer: LiveVisitor): void => {
    if (visitor !== undefined && isSame(visitor.identity, newcomer.identity)) {
      subscriber?.proveAgain(newcomer);
    } else {
      subscriber?.leave();
      subscriber = undefined;
      subscriber = gateway.join(newcomer, line);
    }
    visitor = newcomer;
    proved.resolve();
    say('hello', { who: newcomer.identity.name });
  };

  const answer = async (request: LiveRequest): Promise<void> => {
    switch (request.type) {
      case 'auth': {
        const { token } = request;
        const identity = await tools.identifyToken(token);
        if (identity === undefined || !may(identity, 'read'))
          return refuse(LIVE_CLOSE.unproved, 'void_proof');
        const identifyAgain = async (): Promise<Identity> => (await tools.identifyToken(token)) ?? NOBODY;
        return welcome({ identity, identifyAgain });
      }
      case 'subscribe':
        return (
          subscriber?.subscribe(request.topics, request.after) ?? refuse(LIVE_CLOSE.unproved, 'unproved')
        );
      case 'unsubscribe':
        return subscriber?.unsubscribe(request.topics) ?? refuse(LIVE_CLOSE.unproved, 'unproved');
      case 'ping':
        return say('pong');
    }
  };

  const refuse = (code: number, reason: string): void => {
    isOver = true;
    subscriber?.leave();
    socket.close(code, reason);
  };

  const attempt = async (work: () => void | Promise<void>): Promise<void> => {
    if (isOver) return;
    try {
      await work();
    } catch (error) {
      if (isAppError(error, 'live_full')) return refuse(LIVE_CLOSE.policy, error.code);
      if (!isAppError(error) || ERRORS[error.code].status >= 500) {
        tools.log.error({ err: error }, 'a live message could not be answered');
        return refuse(LIVE_CLOSE.restart, 'internal');
      }
      const { code, details } = error;
      say('error', {
        code,
        detail: errorText(code, details, 'en'),
        detailZh: errorText(code, details, 'zh'),
      });
    }
  };

  socket.on('message', (data) => {
    if (isOver) return;
    if (isFlood()) refuse(LIVE_CLOSE.policy, 'too_many_messages');
    else turn = turn.then(() => attempt(() => answer(readRequest(data))));
  });
  // what the protocol forbids, such as too long a message, closes the socket by itself
  socket.on('error', () => {});
  socket.on('close', () => {
    isOver = true;
    gone.abort();
    proved.resolve();
    subscriber?.leave();
  });

  const endUnproved = async (): Promise<void> => {
    await clock.sleep(tools.limits.proveMs, gone.signal).catch(() => {});
    if (visitor === undefined) refuse(LIVE_CLOSE.unproved, 'unproved');
  };

  if (shown === undefined) void endUnproved();
  else turn = turn.then(() => attempt(() => welcome(shown)));
  return { proved: proved.promise };
}

/** Whether both are one user, or one who is no user. */
function isSame(one: Identity, other: Identity): boolean {
  return one.userId === other.userId && (one.userId !== null || one.proof === other.proof);
}

/** Throws `bad_request` for what is no request. */
function readRequest(data: RawData): LiveRequest {
  let value: unknown;
  try {
    value = JSON.parse(textOf(data));
  } catch (error) {
    throw new AppError('bad_request', { problem: 'a message is a JSON object.' }, error);
  }
  const read = liveRequestSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError('bad_request', { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}

export function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as ArrayBuffer).toString();
}
