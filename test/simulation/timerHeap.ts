interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly value: T;
}

/** What is to happen at given times, soonest first; of equal times, what was put in first. */
export class TimerHeap<T> {
  readonly #entries: Entry<T>[] = [];
  #order = 0;

  push(at: number, value: T): void {
    const entry = { at, order: this.#order++, value };
    let place = this.#entries.length;
    this.#entries.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(this.#entries[parent] as Entry<T>, entry)) break;
      this.#entries[place] = this.#entries[parent] as Entry<T>;
      place = parent;
    }
    this.#entries[place] = entry;
  }

  /** The time of the soonest. */
  peek(): number | undefined {
    return this.#entries[0]?.at;
  }

  pop(): T | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined) return undefined;
    if (first !== last) this.#sink(last);
    return first.value;
  }

  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && isBefore(entries[child + 1] as Entry<T>, entries[child] as Entry<T>))
        child += 1;
      if (isBefore(entry, entries[child] as Entry<T>)) break;
      entries[place] = entries[child] as Entry<T>;
      place = child;
    }
    entries[place] = entry;
  }
}

function isBefore<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
