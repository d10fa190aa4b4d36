import type { Entry } from './frame.ts';

/** The newest events, so that most clients who come back need no look into the log. */
export class RecentEvents {
  readonly #capacity: number;
  #entries: Entry[] = [];
  #dropped = 0;
  /** All events above this number are here. */
  #floor: number;

  constructor(capacity: number, floor: number) {
    this.#capacity = capacity;
    this.#floor = floor;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length - this.#dropped <= this.#capacity) return;
    this.#floor = (this.#entries[this.#dropped] as Entry).event.seq;
    this.#dropped += 1;
    // now and then, since it copies what stays
    if (this.#dropped < this.#capacity) return;
    this.#entries = this.#entries.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** Up to so many events above a number, oldest first; undefined where some of them are no longer here. */
  after(seq: number, limit: number): readonly Entry[] | undefined {
    if (seq < this.#floor) return undefined;
    let low = this.#dropped;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).event.seq > seq) high = middle;
      else low = middle + 1;
    }
    return this.#entries.slice(low, low + limit);
  }
}
