import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
}

/** What is answered; `hang` says nothing at all. */
export type Reply = 'hang' | { readonly status?: number; readonly body: string };

export interface Receiver {
  readonly url: string;
  /** As the settings list it. */
  readonly place: string;
  readonly received: readonly Received[];
  /** Resolves with so many requests. */
  count(wanted: number): Promise<readonly Received[]>;
}

/** A service on this machine that takes down what it is sent. */
export async function startReceiver(reply: (received: Received, number: number) => Reply): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readText(request);
    const url = new URL(request.url ?? '/', 'http://receiver');
    const one: Received = {
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text,
      json: () => JSON.parse(text) as Record<string, unknown>,
    };
    received.push(one);
    for (const look of waiting) look();
    const answer = reply(one, received.length);
    if (answer !== 'hang') response.writeHead(answer.status ?? 200).end(answer.body);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${place}`,
    place,
    received,
    count: (wanted) =>
      new Promise((done) => {
        const look = (): void => {
          if (received.length < wanted) return;
          waiting.delete(look);
          done(received);
        };
        waiting.add(look);
        look();
      }),
  };
}
