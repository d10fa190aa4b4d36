import { once } from 'node:events';
import type { LiveMessage } from '@tapekeeper/contract';
import { WebSocket, type ClientOptions } from 'ws';

/** A client that keeps whatever it is told. */
export interface LiveSocket {
  readonly socket: WebSocket;
  readonly messages: LiveMessage[];
  /** Code with which it was closed. */
  readonly closed: Promise<number>;
  send(message: object): void;
  /** Resolves with the first message that fits, of those that were told and of those that will be. */
  first<T extends LiveMessage['type']>(
    type: T,
    fits?: (message: Extract<LiveMessage, { type: T }>) => boolean,
  ): Promise<Extract<LiveMessage, { type: T }>>;
  /** Numbers of all events that it knows of, as they came. */
  seqs(): readonly number[];
}

/** Connects; with a token it says at once who it is. */
export function liveSocket(url: string, token: string | undefined, options: ClientOptions = {}): LiveSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, options);
  const messages: LiveMessage[] = [];
  const waiting = new Set<() => void>();
  const closed = Promise.withResolvers<number>();
  socket.on('open', () => {
    if (token !== undefined) socket.send(JSON.stringify({ type: 'auth', token }));
  });
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data as Buffer)) as LiveMessage);
    for (const look of waiting) look();
  });
  socket.on('error', () => {});
  socket.on('close', (code) => closed.resolve(code));
  return {
    socket,
    messages,
    closed: closed.promise,
    send(message) {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else void once(socket, 'open').then(() => socket.send(text));
    },
    first(type, fits = () => true) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = messages.find((message) => message.type === type && fits(message as never));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found as never);
        };
        waiting.add(look);
        look();
      });
    },
    seqs: () =>
      messages.flatMap((message) =>
        message.type === 'events' ? message.events.flatMap(({ seq, merged }) => merged ?? [seq]) : [],
      ),
  };
}
