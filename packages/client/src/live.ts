import { LIVE_CLOSE, LIVE_PATH, liveMessageSchema, type LiveMessage } from '@tapekeeper/contract';
import { AppError, type LiveEvent } from '@tapekeeper/core';
import { Refusal } from './refusal.ts';

/** How a live client reads events. */
export interface LiveOptions {
  /** Address of the server, `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Left out where a cookie or this machine itself is enough. */
  readonly token?: string;
  readonly topics: readonly string[];
  /** The last number that is known; left out to begin with what comes next. */
  readonly after?: number;
  /** Where no number is known: begins so many numbers before the newest event. */
  readonly last?: number;
  /** Events in the order of their numbers, each once; `upTo` is what to come back with. */
  readonly onEvents: (events: readonly LiveEvent[], upTo: number) => void;
  /**
   * Some events are beyond reach: whatever was built on them has to be read anew. Events after `upTo` follow.
   */
  readonly onResync?: (upTo: number) => void;
  /** Everything up to this number was told; also when nothing of it was of the topics. */
  readonly onUpTo?: (upTo: number) => void;
  /** Told when it is connected and up to date from here on, and when the connection is lost. */
  readonly onState?: (state: 'connected' | 'lost') => void;
  /** What connects; default is that of the platform. */
  readonly WebSocket?: typeof WebSocket;
  /** Pauses before it connects again, in milliseconds, the last for all further ones. */
  readonly pausesMs?: readonly number[];
  /** How often a first connection is tried before it ends with `server_gone`; without end where left out. */
  readonly tries?: number;
  /** Without any message for so long the connection is taken for dead; the server is never silent for 15 s. */
  readonly silentMs?: number;
}

export interface LiveClient {
  /** Rejects when it has to end: `live_unproved`, `bad_topic` or `forbidden`, `live_full`; resolves once it is closed. */
  readonly ended: Promise<void>;
  /** The number up to which everything was told. */
  readonly upTo: number | undefined;
  /** Number of the newest event when it last connected. */
  readonly latest: number | undefined;
  close(): void;
}

const PAUSES_MS = [200, 500, 1_000, 2_000, 5_000] as const;
const SILENT_MS = 40_000;

/**
 * Follows events over a WebSocket, and connects again whenever it is lost: from the number that it had, so that
 * nothing is missed and nothing told twice.
 */
export function followLive(options: LiveOptions): LiveClient {
  const { pausesMs = PAUSES_MS, silentMs = SILENT_MS } = options;
  const Socket = options.WebSocket ?? WebSocket;
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  let upTo = options.after;
  let latest: number | undefined;
  let failures = 0;
  let socket: WebSocket | undefined;
  let isConnected = false;
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = (error?: Error): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    socket?.close(1000);
    if (error === undefined) ended.resolve();
    else ended.reject(error);
  };

  const after = (ms: number, work: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };

  const connect = (): void => {
    const current = (socket = new Socket(liveUrl(options.url)));
    // one that is given up may take long to say so
    const lose = (code: number): void => {
      if (socket !== current || isOver) return;
      socket = undefined;
      if (isConnected) options.onState?.('lost');
      isConnected = false;
      const fault = faultOf(code);
      if (fault !== undefined) return end(fault);
      if (latest === undefined && failures + 1 >= (options.tries ?? Infinity))
        return end(new AppError('server_gone', { url: options.url, message: 'It does not answer.' }));
      after(pausesMs[Math.min(failures++, pausesMs.length - 1)] ?? 0, connect);
    };
    const expect = (): void => after(silentMs, () => (lose(0), current.close()));
    expect();
    current.addEventListener('open', () => {
      if (options.token !== undefined) current.send(JSON.stringify({ type: 'auth', token: options.token }));
      if (upTo === undefined && options.last !== undefined) current.send(JSON.stringify({ type: 'ping' }));
      else subscribe(current);
    });
    current.addEventListener('message', ({ data }) => {
      if (socket !== current || isOver) return;
      expect();
      take(current, data);
    });
    current.addEventListener('close', ({ code }) => lose(code));
    current.addEventListener('error', () => lose(0));
  };

  const subscribe = (current: WebSocket): void =>
    current.send(JSON.stringify({ type: 'subscribe', topics: options.topics, after: upTo }));

  const moveTo = (number: number): void => {
    upTo = number;
    options.onUpTo?.(number);
  };

  const take = (current: WebSocket, data: unknown): void => {
    const message = readMessage(data);
    if (message === undefined) return;
    switch (message.type) {
      case 'hello':
        latest = message.upTo;
        return;
      case 'pong':
        latest = message.upTo;
        upTo = Math.max(0, message.upTo - (options.last ?? 0));
        return subscribe(current);
      case 'subscribed':
        failures = 0;
        moveTo(message.upTo);
        isConnected = true;
        options.onState?.('connected');
        return;
      case 'resync':
        failures = 0;
        isConnected = true;
        options.onResync?.(message.upTo);
        return moveTo(message.upTo);
      case 'events':
        if (message.events.length > 0) options.onEvents(message.events as readonly LiveEvent[], message.upTo);
        return moveTo(message.upTo);
      case 'error':
        end(refusalOf(message));
    }
  };

  connect();
  return {
    ended: ended.promise,
    get upTo() {
      return upTo;
    },
    get latest() {
      return latest;
    },
    close: () => end(),
  };
}

function liveUrl(url: string): string {
  const address = new URL(LIVE_PATH, url);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

function refusalOf(message: Extract<LiveMessage, { type: 'error' }>): Refusal {
  const { code, detail, detailZh } = message;
  return new Refusal({ type: '', title: code, status: 400, detail, detailZh, code, requestId: '' });
}

/** What coming back would not mend. */
function faultOf(code: number): AppError | undefined {
  if (code === LIVE_CLOSE.unproved) return new AppError('live_unproved');
  if (code === LIVE_CLOSE.policy) return new AppError('live_full', { who: 'this user', limit: 'enough' });
  return undefined;
}

/** Undefined for what this version does not know. */
function readMessage(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined;
  const read = liveMessageSchema.safeParse(JSON.parse(data));
  return read.success ? read.data : undefined;
}
