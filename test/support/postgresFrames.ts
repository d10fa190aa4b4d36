/** Which end of a conversation with PostgreSQL wrote the bytes. */
export type Side = 'client' | 'server';

/** A message of one direction, or a part of one that is copied data. */
export interface Piece {
  /** The letter of the message; empty for what comes before the session, which has none. */
  readonly type: string;
  /** The bytes as they came, head included. */
  readonly bytes: Buffer;
  /** What follows the head; empty for parts of copied data. */
  readonly body: Buffer;
}

export const COPY_DATA = 'd';

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
const PROTOCOL_3 = 196_608;
const NOTHING = Buffer.alloc(0);

/**
 * Takes one direction of a conversation apart, however the bytes were cut on the way. Messages come out
 * whole, but for copied data, which comes as it arrives: one message may hold megabytes of it.
 */
export class PostgresFrames {
  #held: Buffer = NOTHING;
  #begun: boolean;
  /** Bytes of the copied data at hand that are still to come. */
  #copying = 0;

  constructor(side: Side) {
    // a server speaks only when the session has begun, but for one letter that says no to encryption
    this.#begun = side === 'server';
  }

  push(bytes: Buffer): readonly Piece[] {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const pieces: Piece[] = [];
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) pieces.push(piece);
    return pieces;
  }

  #next(): Piece | undefined {
    if (this.#held.length === 0) return undefined;
    if (this.#copying > 0) return this.#copied(Math.min(this.#copying, this.#held.length));
    const head = this.#begun ? TYPE_BYTES + LENGTH_BYTES : LENGTH_BYTES;
    if (this.#held.length < head) return undefined;
    const type = this.#begun ? String.fromCharCode(this.#held[0] as number) : '';
    const total = this.#held.readInt32BE(head - LENGTH_BYTES) + head - LENGTH_BYTES;
    if (type === COPY_DATA) {
      this.#copying = total;
      return this.#copied(Math.min(total, this.#held.length));
    }
    if (this.#held.length < total) return undefined;
    const bytes = this.#take(total);
    const body = bytes.subarray(head);
    if (!this.#begun && body.readInt32BE(0) === PROTOCOL_3) this.#begun = true;
    return { type, bytes, body };
  }

  #copied(length: number): Piece {
    this.#copying -= length;
    return { type: COPY_DATA, bytes: this.#take(length), body: NOTHING };
  }

  #take(length: number): Buffer {
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }
}

/** Name and value pairs of the message that begins a session. */
export function startupParameters(body: Buffer): ReadonlyMap<string, string> {
  const texts = body.subarray(LENGTH_BYTES).toString('utf8').split('\0');
  return new Map(
    texts.flatMap((name, at) => (at % 2 === 0 && name !== '' ? [[name, texts[at + 1] ?? '']] : [])),
  );
}

/** The statement that a client sends, in either form; undefined for all other messages. */
export function statementOf({ type, body }: Piece): string | undefined {
  if (type === 'Q') return body.toString('utf8', 0, body.length - 1);
  if (type !== 'P') return undefined;
  const from = body.indexOf(0) + 1;
  return body.toString('utf8', from, body.indexOf(0, from));
}

/** What the server says that it has done (`COMMIT`, `INSERT 0 1`); undefined for all other messages. */
export function doneBy({ type, body }: Piece): string | undefined {
  return type === 'C' ? body.toString('latin1', 0, body.length - 1) : undefined;
}
