/** Ids above this are no instrument ids but a mistake; a bitmap that reached it would take 2 MB. */
const MAX_ID = 0xff_ffff;

/** Of every set without ids: a buffer of its own costs more than all else about a new set. */
const NO_WORDS = new Uint32Array(0);

/**
 * A set of instrument ids, which are small and dense, as one bit each: 5,500 of them take 700 bytes.
 * `or`, `and`, `andNot`, `add`, `delete` and `copyFrom` change the set itself; `clone` first to keep it.
 */
export class Bitmap {
  #words: Uint32Array;

  constructor() {
    this.#words = NO_WORDS;
  }

  /**
   * The set of some ids.
   * @example Bitmap.of([1, 5, 70]).count() // 3
   */
  static of(ids: Iterable<number>): Bitmap {
    const bitmap = new Bitmap();
    for (const id of ids) bitmap.add(id);
    return bitmap;
  }

  /** The set whose bytes `toBytes` gave: id `n` is bit `n & 7` of byte `n >> 3`. */
  static fromBytes(bytes: Uint8Array): Bitmap {
    if (bytes.length > (MAX_ID + 1) >>> 3)
      throw new RangeError(`a bitmap of ${bytes.length} bytes is too long`);
    const bitmap = new Bitmap();
    bitmap.#words = new Uint32Array((bytes.length + 3) >>> 2);
    for (let i = 0; i < bytes.length; i++) bitmap.#words[i >>> 2]! |= bytes[i]! << ((i & 3) << 3);
    return bitmap;
  }

  has(id: number): boolean {
    return ((this.#words[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
  }

  add(id: number): this {
    if (!(id >= 0 && id <= MAX_ID && Number.isInteger(id))) throw new RangeError(`no instrument id: ${id}`);
    if (id >>> 5 >= this.#words.length) this.#grow((id >>> 5) + 1);
    this.#words[id >>> 5]! |= 1 << (id & 31);
    return this;
  }

  delete(id: number): this {
    if (id >>> 5 < this.#words.length) this.#words[id >>> 5]! &= ~(1 << (id & 31));
    return this;
  }

  /** Ids in the set. */
  count(): number {
    let count = 0;
    for (const word of this.#words) count += bitCount(word);
    return count;
  }

  isEmpty(): boolean {
    for (const word of this.#words) if (word !== 0) return false;
    return true;
  }

  /** Adds every id of the other. */
  or(other: Bitmap): this {
    const theirs = other.#words;
    if (theirs.length > this.#words.length) this.#grow(theirs.length);
    const words = this.#words;
    for (let i = 0; i < theirs.length; i++) words[i]! |= theirs[i]!;
    return this;
  }

  /** Keeps only what the other has too. */
  and(other: Bitmap): this {
    const words = this.#words;
    const theirs = other.#words;
    const shared = Math.min(words.length, theirs.length);
    for (let i = 0; i < shared; i++) words[i]! &= theirs[i]!;
    words.fill(0, shared);
    return this;
  }

  /** Takes every id of the other out. */
  andNot(other: Bitmap): this {
    const words = this.#words;
    const theirs = other.#words;
    const shared = Math.min(words.length, theirs.length);
    for (let i = 0; i < shared; i++) words[i]! &= ~theirs[i]!;
    return this;
  }

  /** Ids that both have, counted without making their set. */
  countShared(other: Bitmap): number {
    const words = this.#words;
    const theirs = other.#words;
    const shared = Math.min(words.length, theirs.length);
    let count = 0;
    for (let i = 0; i < shared; i++) count += bitCount(words[i]! & theirs[i]!);
    return count;
  }

  /** Becomes the same set as the other, in the memory that it has if that is enough. */
  copyFrom(other: Bitmap): this {
    if (this.#words.length < other.#words.length) this.#words = new Uint32Array(other.#words.length);
    this.#words.set(other.#words);
    this.#words.fill(0, other.#words.length);
    return this;
  }

  clone(): Bitmap {
    const bitmap = new Bitmap();
    bitmap.#words = this.#words.slice();
    return bitmap;
  }

  equals(other: Bitmap): boolean {
    const longest = Math.max(this.#words.length, other.#words.length);
    for (let i = 0; i < longest; i++) if ((this.#words[i] ?? 0) !== (other.#words[i] ?? 0)) return false;
    return true;
  }

  /** Calls back with each id in ascending order; the quick way through a set. */
  forEach(visit: (id: number) => void): void {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) {
      for (let word = words[i]!; word !== 0; word &= word - 1)
        visit((i << 5) + 31 - Math.clz32(word & -word));
    }
  }

  /** The ids in ascending order. */
  *values(): IterableIterator<number> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let word = this.#words[i]!; word !== 0; word &= word - 1)
        yield (i << 5) + 31 - Math.clz32(word & -word);
    }
  }

  /**
   * The set as bytes to store, empty ones at the end left out, so that equal sets have equal bytes.
   * @example Bitmap.of([0, 9]).toBytes() // Uint8Array [1, 2]
   */
  toBytes(): Uint8Array {
    const words = this.#words;
    let length = words.length << 2;
    while (length > 0 && byteOf(words, length - 1) === 0) length--;
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = byteOf(words, i);
    return bytes;
  }

  #grow(length: number): void {
    const words = new Uint32Array(Math.max(length, Math.min(this.#words.length * 2, (MAX_ID + 1) >>> 5)));
    words.set(this.#words);
    this.#words = words;
  }
}

function byteOf(words: Uint32Array, at: number): number {
  return (words[at >>> 2]! >>> ((at & 3) << 3)) & 0xff;
}

/** Bits set in a word, summed in pairs, nibbles and bytes at once. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
