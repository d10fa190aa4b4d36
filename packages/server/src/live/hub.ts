import type { Clock } from '../ports/clock.ts';
import { Channel, channelKey, type Member } from './channel.ts';
import type { FeedReader } from './eventFeed.ts';
import type { Entry } from './frame.ts';
import type { LiveLimits } from './limits.ts';
import { RecentEvents } from './recentEvents.ts';

/** After so many clients the event loop gets to do other things. */
const MEMBERS_A_TURN = 256;

/** Hands the events of the log out to channels, each as frames that are some time apart. */
export class Hub implements FeedReader {
  readonly #clock: Clock;
  readonly #limits: LiveLimits;
  readonly #channels = new Map<string, Channel>();
  readonly #byTopic = new Map<string, Set<Channel>>();
  readonly #due = new Set<Channel>();
  #recent: RecentEvents;
  #upTo = 0;
  #flushing = false;
  #stopping = new AbortController();

  constructor(clock: Clock, limits: LiveLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#recent = new RecentEvents(limits.recentEvents, 0);
  }

  /** Number of the newest event that has been handed out, or will be with the next frames. */
  get upTo(): number {
    return this.#upTo;
  }

  begin(upTo: number): void {
    this.#upTo = upTo;
    this.#recent = new RecentEvents(this.#limits.recentEvents, upTo);
    this.#stopping = new AbortController();
  }

  stop(): void {
    this.#stopping.abort();
    this.#due.clear();
  }

  take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#recent.add(entry);
      const channels = new Set(entry.topics.flatMap((topic) => [...(this.#byTopic.get(topic) ?? [])]));
      for (const channel of channels) {
        channel.add(entry);
        this.#due.add(channel);
      }
      this.#upTo = entry.event.seq;
    }
    void this.#flush();
  }

  /** Newest events above a number, of all topics; undefined where only the log has them. */
  recentAfter(seq: number, limit: number): readonly Entry[] | undefined {
    return this.#recent.after(seq, limit);
  }

  /** From now on the member, which has everything up to now, is told of what comes. */
  join(topics: ReadonlySet<string>, member: Member): Channel {
    const channel = this.#channels.get(channelKey(topics)) ?? this.#open(topics);
    channel.members.add(member);
    return channel;
  }

  leave(channel: Channel, member: Member): void {
    channel.members.delete(member);
    if (channel.members.size > 0) return;
    this.#channels.delete(channel.key);
    this.#due.delete(channel);
    for (const topic of channel.topics) {
      const others = this.#byTopic.get(topic);
      others?.delete(channel);
      if (others?.size === 0) this.#byTopic.delete(topic);
    }
  }

  #open(topics: ReadonlySet<string>): Channel {
    const channel = new Channel(topics);
    this.#channels.set(channel.key, channel);
    for (const topic of topics) {
      const others = this.#byTopic.get(topic) ?? new Set();
      this.#byTopic.set(topic, others.add(channel));
    }
    return channel;
  }

  /** Until nothing waits: a channel that has been still for a while at once, others when their time has come. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      while (this.#due.size > 0 && !this.#stopping.signal.aborted) {
        const now = this.#clock.monotonic();
        let nextInMs = this.#limits.frameMs;
        for (const channel of this.#due) {
          const inMs = channel.framedAt + this.#limits.frameMs - now;
          if (inMs > 0) nextInMs = Math.min(nextInMs, inMs);
          else await this.#send(channel);
        }
        if (this.#due.size > 0) await this.#pause(nextInMs);
      }
    } finally {
      this.#flushing = false;
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#stopping.signal).catch(() => {});
  }

  async #send(channel: Channel): Promise<void> {
    channel.framedAt = this.#clock.monotonic();
    this.#due.delete(channel);
    const framesFor = channel.takeFrames(this.#upTo);
    channel.isSending = true;
    let told = 0;
    // whoever joins meanwhile has these events already
    for (const member of channel.members) {
      for (const frame of framesFor(member)) member.deliver(frame);
      if (++told % MEMBERS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    channel.isSending = false;
  }
}
