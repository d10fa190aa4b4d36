import {
  compactDay,
  isAppError,
  SHANGHAI_OFFSET_MS,
  shanghaiDay,
  type ErrorCode,
  type Instant,
} from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { AskContext } from '../../ports/source.ts';
import { interruptible } from '../interruption.ts';
import type { Tally } from '../rowCollector.ts';
import type { Deadlines, Upstream } from '../watch.ts';
import { BaostockConnection, type BaostockAddress } from './connection.ts';
import { encodeRequest } from './frame.ts';
import { baostockRefusal, NOT_LOGGED_IN } from './refusal.ts';
import { readPage, readReply, type BaostockPage, type BaostockReply } from './reply.ts';

export interface BaostockSessionOptions {
  readonly clock: Clock;
  readonly address: BaostockAddress;
  readonly user: string;
  readonly password: string;
  /** Seven characters; the server refuses versions that it calls expired. */
  readonly clientVersion: string;
  readonly deadlines: Deadlines;
  /** Requests after which the connection is made anew: long sessions come to answer no more. */
  readonly reconnectEvery: number;
}

/** A question to one interface. */
export interface BaostockQuery {
  readonly type: string;
  readonly method: string;
  /** After the page's number and size. */
  readonly params: readonly string[];
  /** Place of the columns' names among the parts of the answer. */
  readonly columnsPart: number;
}

/** Rows in a full page; the server sends no total. */
export const PAGE_ROWS = 10_000;

const LOGIN_TYPE = '00';
const LOGOUT_TYPE = '02';
/** Coming and going asks for leave as every call does, but is no part of what an answer is reckoned to take. */
const SESSION_TYPES: readonly string[] = [LOGIN_TYPE, LOGOUT_TYPE];
/** Good manners at the end are worth this long and no longer. */
const LOGOUT_MS = 2000;

/** After these, what the connection brings next cannot be trusted to answer the next question. */
const ENDS_SESSION: readonly ErrorCode[] = ['malformed', 'transport', 'timeout', 'banned'];

/** A page, and the text that it was read from. */
export interface BaostockAnswer {
  readonly page: BaostockPage;
  readonly raw: string;
}

/**
 * The one connection to BaoStock: opened and logged in when first needed, one request in flight, made
 * anew after any failure on it and after `reconnectEvery` requests. Questions asked meanwhile wait their turn.
 */
export class BaostockSession {
  readonly upstream: Upstream;
  readonly #options: BaostockSessionOptions;
  #connection: BaostockConnection | undefined;
  #loggedIn = false;
  #requests = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: BaostockSessionOptions) {
    this.#options = options;
    this.upstream = { source: 'baostock', host: `${options.address.hostname}:${options.address.port}` };
  }

  /**
   * One page of an answer, as `read` makes of it. Throws the upstream codes of the registry, and what
   * `read` and `beforeCall` throw. A plain refusal leaves the session as it is. The tally counts questions
   * to data, and the bytes of everything.
   */
  query<T>(
    query: BaostockQuery,
    page: number,
    context: AskContext,
    tally: Tally,
    read: (answer: BaostockAnswer) => T,
  ): Promise<T> {
    return this.#inTurn(context.signal, async () => {
      try {
        return read(await this.#query(query, page, context, tally));
      } catch (error) {
        if (!this.#loggedIn || (isAppError(error) && ENDS_SESSION.includes(error.code))) this.#drop();
        throw error;
      }
    });
  }

  /** Logs out and hangs up; a question in flight fails with `interrupted`. */
  async close(): Promise<void> {
    const connection = this.#connection;
    const idle = this.#loggedIn && connection?.open === true && !connection.busy;
    this.#connection = undefined;
    this.#loggedIn = false;
    if (idle) await this.#logout(connection);
    connection?.destroy();
  }

  async #query(
    query: BaostockQuery,
    page: number,
    context: AskContext,
    tally: Tally,
  ): Promise<BaostockAnswer> {
    const { type, method, params } = query;
    const parts = [method, this.#options.user, String(page), String(PAGE_ROWS), ...params];
    await this.#renew(context, tally);
    let { reply, raw } = await this.#call(type, parts, context, tally);
    if (reply.kind === 'refused' && reply.code === NOT_LOGGED_IN) {
      await this.#login(context, tally);
      ({ reply, raw } = await this.#call(type, parts, context, tally));
    }
    return { page: readPage(this.upstream, this.#accepted(reply, method), page, query.columnsPart), raw };
  }

  /** Makes sure of a connection that is logged in and not worn out. */
  async #renew(context: AskContext, tally: Tally): Promise<void> {
    if (this.#connection?.open && this.#requests >= this.#options.reconnectEvery) {
      await this.#permitted('logout', context);
      await this.#logout(this.#connection);
      this.#drop();
    }
    if (!this.#connection?.open || !this.#loggedIn) await this.#login(context, tally);
  }

  async #login(context: AskContext, tally: Tally): Promise<void> {
    const { user, password } = this.#options;
    const { reply } = await this.#call(LOGIN_TYPE, ['login', user, password, '0'], context, tally);
    this.#accepted(reply, 'login');
    this.#loggedIn = true;
  }

  async #call(
    type: string,
    parts: readonly string[],
    context: AskContext,
    tally: Tally,
  ): Promise<{ reply: BaostockReply; raw: string }> {
    const { clock, address, deadlines, clientVersion } = this.#options;
    const [method = ''] = parts;
    await this.#permitted(method, context);
    if (!SESSION_TYPES.includes(type)) tally.calls += 1;
    if (!this.#connection?.open) {
      this.#connection = new BaostockConnection(clock, this.upstream, address, deadlines);
      this.#loggedIn = false;
      this.#requests = 0;
    }
    this.#requests += 1;
    const frame = await this.#connection.exchange(encodeRequest(clientVersion, type, parts), context.signal);
    tally.bytes += frame.wireBytes;
    return { reply: readReply(this.upstream, frame.body, method), raw: frame.body };
  }

  async #permitted(method: string, context: AskContext): Promise<void> {
    await interruptible(context.beforeCall(this.upstream.host, method), context.signal);
  }

  #accepted(reply: BaostockReply, api: string): readonly string[] {
    if (reply.kind === 'ok') return reply.parts;
    throw baostockRefusal(this.upstream, api, reply.code, reply.message, this.#options.clock.now());
  }

  /** Best effort: whatever the server makes of it, the connection is given up next. */
  async #logout(connection: BaostockConnection): Promise<void> {
    const { user, clientVersion, clock } = this.#options;
    const request = encodeRequest(clientVersion, LOGOUT_TYPE, ['logout', user, shanghaiStamp(clock.now())]);
    const patience = new AbortController();
    const answered = connection.exchange(request, patience.signal).catch(() => undefined);
    const tooLong = clock.sleep(LOGOUT_MS, patience.signal).catch(() => undefined);
    await Promise.race([answered, tooLong]);
    patience.abort();
  }

  #drop(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#loggedIn = false;
  }

  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const earlier = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = earlier.then(() => promise);
    try {
      await interruptible(earlier, signal);
      return await work();
    } finally {
      resolve();
    }
  }
}

/** `20260422163817`: the wall time in Shanghai. */
function shanghaiStamp(at: Instant): string {
  const seconds = Math.floor((at + SHANGHAI_OFFSET_MS) / 1000) % 86_400;
  const two = (number: number) => String(number).padStart(2, '0');
  const time = two(Math.floor(seconds / 3600)) + two(Math.floor(seconds / 60) % 60) + two(seconds % 60);
  return compactDay(shanghaiDay(at)) + time;
}
