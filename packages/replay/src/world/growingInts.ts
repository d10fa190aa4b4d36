/** Non-negative integers below 2^32 appended one by one, eight times smaller than an array of numbers may be. */
export class GrowingInts {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** The values appended so far; later ones may not show in it. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }
}
