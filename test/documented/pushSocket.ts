import { request } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';

/** A message as the trading agents write them. */
export interface PushMessage {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A client of a documented WebSocket that keeps whatever it is told. */
export interface PushSocket {
  readonly socket: WebSocket;
  readonly messages: PushMessage[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Resolves with the first message that fits, of those that were told and of those that will be. */
  first(fits: (message: PushMessage) => boolean): Promise<PushMessage>;
}

export function pushSocket(url: string, path: string, options: ClientOptions = {}): PushSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, options);
  const messages: PushMessage[] = [];
  const waiting = new Set<() => void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data as Buffer)) as PushMessage);
    for (const look of waiting) look();
  });
  socket.on('error', () => {});
  socket.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }));
  return {
    socket,
    messages,
    closed: closed.promise,
    first(fits) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = messages.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

/** The first message of a type. */
export const ofType =
  (type: string) =>
  (message: PushMessage): boolean =>
    message.type === type;

/** Status of the answer to an upgrade that is refused. */
export function refusedWith(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('sixteen letters!').toString('base64'),
        ...headers,
      },
    });
    asked.on('upgrade', () => reject(new Error('it was let in')));
    asked.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}
