import { AppError, type Identity, type Instant } from '@tapekeeper/core';
import type { LoggedEvent } from '../ports/eventStore.ts';
import type { LiveVisitor } from '../ports/liveGateway.ts';
import type { LiveLimits } from './limits.ts';
import type { Subscriber } from './subscriber.ts';

/** Everybody who is connected: how many of whom, and whether they still may be. */
export class Visitors {
  readonly #limits: LiveLimits;
  readonly #present = new Set<Subscriber>();
  readonly #counts = new Map<string, number>();

  constructor(limits: LiveLimits) {
    this.#limits = limits;
  }

  get all(): ReadonlySet<Subscriber> {
    return this.#present;
  }

  /** Throws `live_full` where there is no room for one more of them, or for anybody. */
  requireRoom({ identity }: LiveVisitor): void {
    const { perUser, perInstallation, connections } = this.#limits;
    const limit = identity.userId === null ? perInstallation : perUser;
    if ((this.#counts.get(keyOf(identity)) ?? 0) >= limit)
      throw new AppError('live_full', { who: identity.name, limit });
    if (this.#present.size >= connections)
      throw new AppError('live_full', { who: 'this server', limit: connections });
  }

  add(subscriber: Subscriber): void {
    this.#present.add(subscriber);
    this.#count(subscriber, 1);
  }

  remove(subscriber: Subscriber): void {
    if (this.#present.delete(subscriber)) this.#count(subscriber, -1);
  }

  /** Connections by name. */
  crowd(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { visitor } of this.#present) {
      const { name } = visitor.identity;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  /** Ends the connections of a proof that was revoked, or all of a user where none is named. */
  revoke({ payload }: LoggedEvent): void {
    const { userId = null, credential = null } = payload;
    for (const subscriber of this.#present) {
      const { identity } = subscriber.visitor;
      const isMeant =
        credential === null
          ? userId !== null && identity.userId === userId
          : identity.credential === credential;
      if (isMeant) subscriber.end('void_proof');
    }
  }

  /** Ends the connections whose proof has run out. */
  endExpired(now: Instant): void {
    for (const subscriber of this.#present) {
      const { expiresAt } = subscriber.visitor.identity;
      if (expiresAt !== null && expiresAt <= now) subscriber.end('void_proof');
    }
  }

  /** Asks of everybody whether the proof still holds, and what it allows; rejects where that cannot be said. */
  async recheck(): Promise<void> {
    for (const subscriber of this.#present) {
      const { visitor } = subscriber;
      const identity = await visitor.identifyAgain();
      if (subscriber.visitor !== visitor || !this.#present.has(subscriber)) continue;
      const isSame = keyOf(identity) === keyOf(visitor.identity);
      if (isSame && subscriber.mayGoOn(identity)) subscriber.proveAgain({ ...visitor, identity });
      else subscriber.end('void_proof');
    }
  }

  #count({ visitor: { identity } }: Subscriber, by: number): void {
    const key = keyOf(identity);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

function keyOf({ userId, proof }: Identity): string {
  return userId === null ? proof : `user:${userId}`;
}
