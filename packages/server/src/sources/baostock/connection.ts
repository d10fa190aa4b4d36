import { connect, type Socket } from 'node:net';
import { AppError, toAppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import { throwIfInterrupted } from '../interruption.ts';
import { startWatch, type Deadlines, type Upstream, type Watch } from '../watch.ts';
import { FrameReader, type Frame } from './frameReader.ts';

export interface BaostockAddress {
  readonly hostname: string;
  readonly port: number;
}

/** What is awaited on the socket. */
interface Pending {
  readonly watch: Watch;
  readonly reader: FrameReader;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: AppError) => void;
}

/**
 * One TCP connection with at most one exchange on it. Whatever goes wrong destroys it, since a late
 * answer would be taken for that of the next question. The caller sends one request at a time.
 */
export class BaostockConnection {
  readonly #clock: Clock;
  readonly #upstream: Upstream;
  readonly #deadlines: Deadlines;
  readonly #socket: Socket;
  #connected = false;
  #open = true;
  #pending: Pending | undefined;

  constructor(clock: Clock, upstream: Upstream, address: BaostockAddress, deadlines: Deadlines) {
    this.#clock = clock;
    this.#upstream = upstream;
    this.#deadlines = deadlines;
    this.#socket = connect({ host: address.hostname, port: address.port, keepAlive: true, noDelay: true });
    this.#socket.on('connect', () => {
      this.#connected = true;
      this.#pending?.watch.connected();
    });
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (cause) => this.#fail(this.#transport(faultText(cause), cause)));
    this.#socket.on('end', () => this.#fail(this.#transport('it hung up before the end of the answer.')));
    this.#socket.on('close', () => this.#fail(this.#transport('the connection was closed.')));
  }

  get open(): boolean {
    return this.#open;
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** Sends a request and waits for the whole answer; throws `transport`, `timeout`, `malformed` or `interrupted`. */
  exchange(request: Buffer, signal: AbortSignal): Promise<Frame> {
    throwIfInterrupted(signal);
    if (!this.#open) return Promise.reject(this.#transport('the connection is closed.'));
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    const watch = startWatch(this.#clock, this.#upstream, this.#deadlines, signal, (error) =>
      this.#fail(error),
    );
    this.#pending = { watch, reader: new FrameReader(this.#upstream), resolve, reject };
    if (this.#connected) watch.connected();
    this.#socket.write(request);
    return promise;
  }

  /** Ends it at once; an exchange in flight fails with `interrupted`. */
  destroy(): void {
    this.#fail(new AppError('interrupted'));
  }

  #receive(chunk: Buffer): void {
    const pending = this.#pending;
    if (!pending)
      return this.#fail(new AppError('malformed', { ...this.#upstream, message: 'it spoke unasked.' }));
    pending.watch.heard();
    try {
      const frame = pending.reader.push(chunk);
      if (frame === undefined) return;
      this.#pending = undefined;
      pending.watch.stop();
      pending.resolve(frame);
    } catch (error) {
      this.#fail(toAppError(error));
    }
  }

  #fail(error: AppError): void {
    this.#open = false;
    this.#socket.destroy();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.watch.stop();
    pending?.reject(error);
  }

  #transport(message: string, cause?: unknown): AppError {
    return new AppError('transport', { ...this.#upstream, message }, cause);
  }
}

/** Of several addresses that all refused, the text is empty and only the code is left. */
function faultText(cause: Error): string {
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
