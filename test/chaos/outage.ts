/** The time from a kill until the work gets on; a further kill before that begins it anew. */
export class Outage {
  #since: number | undefined;
  #over = Promise.withResolvers<number | undefined>();

  constructor() {
    this.#over.resolve(undefined);
  }

  /** Resolves when the outage at hand is over: with its milliseconds, or with nothing where another kill came first. */
  get over(): Promise<number | undefined> {
    return this.#over.promise;
  }

  begin(): void {
    this.#since = performance.now();
    this.#over.resolve(undefined);
    this.#over = Promise.withResolvers();
  }

  /** The work was over when the kill came: there is nothing left to get on with. */
  forget(): void {
    this.#since = undefined;
    this.#over.resolve(undefined);
  }

  end(): void {
    if (this.#since === undefined) return;
    this.#over.resolve(performance.now() - this.#since);
    this.#since = undefined;
  }
}
