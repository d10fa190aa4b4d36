import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIVE_PATH } from '@tapekeeper/contract';
import { AppError, may, toAppError, type Identity } from '@tapekeeper/core';
import { WebSocketServer, type WebSocket } from 'ws';
import { loopService, type Service } from '../app/loop.ts';
import type { PushPlace, PushPlaces } from '../app/push/pushPlace.ts';
import type { LiveVisitor } from '../ports/liveGateway.ts';
import { converse, type ConversationTools } from './conversation.ts';
import { conversePush } from './documented/pushConversation.ts';

/** Nothing that a client has to say is longer. */
const MOST_MESSAGE_BYTES = 16 * 1024;
/** A client that does not answer the goodbye is cut off after this. */
const GOODBYE_WITHIN_MS = 5_000;

const ACCEPTOR = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MOST_MESSAGE_BYTES,
  closeTimeout: GOODBYE_WITHIN_MS,
};

/** What the HTTP interface knows of who may come in. */
export interface LiveDoor {
  /** Throws where the request may not come in at all: another host, another page, an unknown proxy. */
  guard(request: IncomingMessage): void;
  /** Who the headers show; nobody where they show nothing, or nothing that holds. */
  identify(request: IncomingMessage): Promise<Identity>;
  /** Where documented systems take WebSockets. */
  readonly places: PushPlaces;
  /** Who comes to such a place, and whether a proof was shown, good or not. */
  identifyAt(
    place: PushPlace,
    request: IncomingMessage,
  ): Promise<{ readonly identity: Identity; readonly hasShown: boolean }>;
  /** Who holds a token. */
  identifyToken(token: string): Promise<Identity | undefined>;
  /** A refusal as HTTP shows it. */
  refusal(error: AppError): { readonly status: number; readonly type: string; readonly body: string };
}

export interface WebSocketDoorOptions extends Omit<ConversationTools, 'identifyToken'> {
  readonly door: LiveDoor;
}

/** The upgrade of HTTP connections to WebSockets; attached when it starts, and all cut off when it stops. */
export function createWebSocketDoor(server: Server, options: WebSocketDoorOptions): Service {
  const { door, limits, clock, log } = options;
  const alive = new Map<WebSocket, boolean>();
  const acceptor = new WebSocketServer(ACCEPTOR);
  let strangers = 0;

  const tools: ConversationTools = { ...options, identifyToken: (token) => door.identifyToken(token) };

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    door.guard(request);
    const place = door.places.at(pathOf(request));
    const comer = await (place === undefined ? ours(request) : theirs(place, request));
    const isKnown = typeof comer.shown === 'object';
    if (!isKnown && strangers >= limits.strangers)
      throw new AppError('live_full', { who: 'this server', limit: limits.strangers });
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      keep(webSocket);
      const { proved } = comer.begin(webSocket);
      if (isKnown) return;
      strangers += 1;
      void proved.then(() => (strangers -= 1));
    });
  };

  /** Who comes for our own live interface, and the talk with them. */
  const ours = async (request: IncomingMessage): Promise<Comer> => {
    const identifyAgain = (): Promise<Identity> => door.identify(request);
    const identity = await identifyAgain();
    const shown = may(identity, 'read') ? { identity, identifyAgain } : undefined;
    return { shown, begin: (webSocket) => converse(webSocket, shown, tools) };
  };

  /** Who comes to a place of a documented system. */
  const theirs = async (place: PushPlace, request: IncomingMessage): Promise<Comer> => {
    const { identity, hasShown } = await door.identifyAt(place, request);
    const identifyAgain = async (): Promise<Identity> => (await door.identifyAt(place, request)).identity;
    const stranger = hasShown ? 'nobody' : 'unproved';
    const shown = may(identity, 'read') ? { identity, identifyAgain } : stranger;
    return { shown, begin: (webSocket) => conversePush(webSocket, place, shown, tools) };
  };

  const keep = (webSocket: WebSocket): void => {
    alive.set(webSocket, true);
    webSocket.on('pong', () => alive.set(webSocket, true));
    webSocket.on('message', () => alive.set(webSocket, true));
    webSocket.on('close', () => alive.delete(webSocket));
  };

  const pings = loopService({
    name: 'live pings',
    everyMs: limits.pingMs,
    clock,
    log,
    async turn() {
      for (const [webSocket, hasAnswered] of alive) {
        if (!hasAnswered) webSocket.terminate();
        else {
          alive.set(webSocket, false);
          webSocket.ping();
        }
      }
      return false;
    },
  });

  const isLive = (request: IncomingMessage): boolean => {
    const path = pathOf(request);
    return path === LIVE_PATH || door.places.at(path) !== undefined;
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // a socket that breaks before it is a WebSocket must not end the process
    socket.on('error', () => socket.destroy());
    admit(request, socket, head).catch((error: unknown) => {
      const refused = toAppError(error);
      if (refused.code === 'internal') log.error({ err: error }, 'an upgrade failed');
      turnAway(socket, door.refusal(refused));
    });
  };

  return {
    async start() {
      // other requests that offer an upgrade, such as one to HTTP/2, are answered as they are
      Object.assign(server, { shouldUpgradeCallback: isLive });
      server.on('upgrade', onUpgrade);
      await pings.start();
    },
    async stop() {
      server.off('upgrade', onUpgrade);
      await pings.stop();
      const cut = clock.monotonic() + GOODBYE_WITHIN_MS;
      while (alive.size > 0 && clock.monotonic() < cut) await clock.sleep(20);
      for (const webSocket of alive.keys()) webSocket.terminate();
    },
  };
}

/** Somebody at the door: what they have shown, and the talk with them. */
interface Comer {
  readonly shown: LiveVisitor | 'nobody' | 'unproved' | undefined;
  begin(webSocket: WebSocket): { readonly proved: Promise<void> };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function turnAway(socket: Duplex, { status, type, body }: ReturnType<LiveDoor['refusal']>): void {
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    'Cache-Control: no-store',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
