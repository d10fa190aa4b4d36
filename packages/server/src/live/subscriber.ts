import { AppError, faultyTopics, may, topicNeeds } from '@tapekeeper/core';
import type { LiveEnd, LiveLine, LiveMessage, LiveSubscriber, LiveVisitor } from '../ports/liveGateway.ts';
import type { Channel, Member } from './channel.ts';
import { framesOf, message } from './frame.ts';
import type { Hub } from './hub.ts';
import type { LiveLimits } from './limits.ts';
import type { Replay, ReplayPage } from './replay.ts';

/** How often the buffer of a client that does not keep up is looked at. */
const LOOK_EVERY_MS = 200;

/** What the subscribers of a gateway share. */
export interface SubscriberTools {
  readonly hub: Hub;
  readonly replay: Replay;
  readonly limits: LiveLimits;
  readonly clock: { monotonic(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Told once, when the line is gone or is to go. */
  readonly onEnd: (subscriber: Subscriber, why: LiveEnd | undefined) => void;
  readonly log: { error(fields: object, text: string): void };
}

/**
 * One client. It is live, a member of a channel, or it catches up: after it said where it had been, changed its
 * topics, or did not take what was sent. Whatever the reason, it then reads what it lacks by itself, from memory
 * or the log, and joins again; so a client that is slow delays nobody and misses nothing.
 */
export class Subscriber implements Member, LiveSubscriber {
  visitor: LiveVisitor;
  #upTo: number;
  #topics: ReadonlySet<string> = new Set();
  #channel: Channel | undefined;
  #isReading = false;
  #caughtUp: Promise<void> = Promise.resolve();
  #sentAt: number;
  #fullSince: number | undefined;
  #asks: Promise<void> = Promise.resolve();
  readonly #gone = new AbortController();
  readonly #line: LiveLine;
  readonly #tools: SubscriberTools;

  constructor(visitor: LiveVisitor, line: LiveLine, tools: SubscriberTools) {
    this.visitor = visitor;
    this.#line = line;
    this.#tools = tools;
    this.#upTo = tools.hub.upTo;
    this.#sentAt = tools.clock.monotonic();
  }

  get upTo(): number {
    return this.#upTo;
  }

  subscribe(topics: readonly string[], after?: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#requireTopics(topics);
      const isFirst = this.#topics.size === 0;
      const start = after === undefined ? (isFirst ? this.#tools.hub.upTo : this.#upTo) : after;
      const canReplay = after === undefined || (await this.#tools.replay.reaches(after));
      await this.#halt();
      this.#topics = new Set(topics);
      this.#upTo = canReplay ? start : this.#tools.hub.upTo;
      this.#say(message(canReplay ? 'subscribed' : 'resync', this.#upTo, { topics: [...this.#topics] }));
      this.#catchUp();
    });
  }

  unsubscribe(topics: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#halt();
      this.#topics = new Set([...this.#topics].filter((topic) => !topics.includes(topic)));
      this.#say(message('subscribed', this.#upTo, { topics: [...this.#topics] }));
      this.#catchUp();
    });
  }

  proveAgain(visitor: LiveVisitor): void {
    this.visitor = visitor;
  }

  /** Whether somebody may go on reading what this one reads. */
  mayGoOn(identity: LiveVisitor['identity']): boolean {
    return [...this.#topics, 'runs'].every((topic) => may(identity, topicNeeds(topic)));
  }

  leave(why?: LiveEnd): void {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort();
    this.#leaveChannel();
    this.#tools.onEnd(this, why);
  }

  end(why: LiveEnd): void {
    if (this.#gone.signal.aborted) return;
    this.#line.close(why);
    this.leave(why);
  }

  deliver(frame: LiveMessage): void {
    if (this.#gone.signal.aborted) return;
    if (this.#isFull()) {
      this.#leaveChannel();
      this.#catchUp();
      return;
    }
    this.#say(frame);
    this.#upTo = frame.upTo;
  }

  /** Says how far it is, where nothing was said for long: so it can come back to that number. */
  beat(): void {
    const isStill = this.#tools.clock.monotonic() - this.#sentAt >= this.#tools.limits.heartbeatMs;
    // a channel that is still has told everything of its topics
    if (!isStill || this.#isReading || this.#channel?.isStill === false) return;
    const upTo = Math.max(this.#upTo, this.#tools.hub.upTo);
    for (const frame of framesOf([], upTo)) this.deliver(frame);
  }

  #requireTopics(topics: readonly string[]): void {
    const faulty = faultyTopics(topics);
    if (faulty.length > 0) throw new AppError('bad_topic', { topic: faulty[0]?.slice(0, 120) ?? '' });
    const { identity } = this.visitor;
    const forbidden = topics.map(topicNeeds).find((need) => !may(identity, need));
    if (forbidden !== undefined) throw new AppError('forbidden', { who: identity.name, need: forbidden });
  }

  /** What a client asks is done in its order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#asks.then(work);
    this.#asks = done.catch(() => {});
    return done;
  }

  async #halt(): Promise<void> {
    this.#leaveChannel();
    this.#topics = new Set();
    await this.#caughtUp;
    this.#leaveChannel();
  }

  #leaveChannel(): void {
    if (this.#channel !== undefined) this.#tools.hub.leave(this.#channel, this);
    this.#channel = undefined;
  }

  #catchUp(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#caughtUp = this.#readOn().catch((error: unknown) => {
      this.#tools.log.error({ err: error }, 'a live client could not be caught up with');
      this.end('restart');
    });
  }

  /** Until there is nothing that it lacks, or no topic any more. */
  async #readOn(): Promise<void> {
    const topics = this.#topics;
    const isOver = (): boolean => topics !== this.#topics || topics.size === 0 || this.#gone.signal.aborted;
    try {
      while ((await this.#drained()) && !isOver()) {
        if (this.#upTo >= this.#tools.hub.upTo) {
          this.#channel = this.#tools.hub.join(topics, this);
          return;
        }
        const page = await this.#tools.replay.after(this.#upTo);
        if (!isOver()) this.#sayPage(topics, page);
      }
    } finally {
      this.#isReading = false;
    }
  }

  #sayPage(topics: ReadonlySet<string>, page: ReplayPage | undefined): void {
    if (page === undefined) {
      this.#upTo = this.#tools.hub.upTo;
      this.#say(message('resync', this.#upTo, { topics: [...topics] }));
      return;
    }
    const wanted = page.entries.filter(({ topics: of }) => of.some((topic) => topics.has(topic)));
    for (const frame of framesOf(wanted, page.upTo)) {
      this.#say(frame);
      this.#upTo = frame.upTo;
    }
  }

  /** Resolves when the client has taken most of what was sent; false where it is gone, or given up. */
  async #drained(): Promise<boolean> {
    const { limits, clock } = this.#tools;
    while (!this.#gone.signal.aborted) {
      if (this.#fullSince === undefined && !this.#isFull()) return true;
      if (this.#line.bufferedBytes() <= limits.lowBytes) {
        this.#fullSince = undefined;
        return true;
      }
      const forMs = clock.monotonic() - (this.#fullSince ?? clock.monotonic());
      if (forMs >= limits.behindMs || this.#line.bufferedBytes() > limits.mostBytes) {
        this.end('too_slow');
        return false;
      }
      await clock.sleep(Math.min(LOOK_EVERY_MS, limits.behindMs), this.#gone.signal).catch(() => {});
    }
    return false;
  }

  #isFull(): boolean {
    if (this.#line.bufferedBytes() <= this.#tools.limits.highBytes) return false;
    this.#fullSince ??= this.#tools.clock.monotonic();
    return true;
  }

  #say(said: LiveMessage): void {
    this.#sentAt = this.#tools.clock.monotonic();
    this.#line.send(said);
  }
}
