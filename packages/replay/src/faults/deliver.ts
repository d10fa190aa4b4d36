import type { Socket } from 'node:net';
import type { Pauses } from '../pauses.ts';
import type { Random } from '../random.ts';
import type { WireFault } from './faultScript.ts';

/** Where the bytes of one answer go. */
export interface Outlet {
  readonly socket: Socket;
  write(bytes: Uint8Array): void;
  /** The whole answer has been written. */
  finish(): void;
}

export interface Delivery {
  readonly outlet: Outlet;
  readonly bytes: Buffer;
  /** What a reader takes for the end of an answer; noise carries it too, so that it is read as one. */
  readonly terminator: Buffer;
  readonly fault: WireFault | undefined;
  readonly random: Random;
  readonly pauses: Pauses;
}

const DRIP_STEP_MS = 50;
/** Long enough for a piece to leave as a segment of its own. */
const PIECE_GAP_MS = 2;
const NOISE_BYTES = 512;

/** Sends an answer's bytes, or what the fault makes of them. Never throws: the other side may be gone. */
export async function deliver({ outlet, bytes, terminator, fault, random, pauses }: Delivery): Promise<void> {
  switch (fault?.kind) {
    case undefined:
    case 'http':
      outlet.write(bytes);
      return outlet.finish();
    case 'silence':
      return;
    case 'reset':
      outlet.socket.resetAndDestroy();
      return;
    case 'half_close':
      outlet.write(bytes.subarray(0, fault.afterBytes ?? bytes.length >>> 1));
      outlet.socket.end();
      return;
    case 'garbage':
      outlet.write(Buffer.concat([noise(random), terminator]));
      return outlet.finish();
    case 'drip': {
      const stepMs = Math.max(DRIP_STEP_MS, 1000 / fault.bytesPerSecond);
      const size = Math.max(1, Math.round((fault.bytesPerSecond * stepMs) / 1000));
      const cuts = Array.from(
        { length: Math.ceil(bytes.length / size) - 1 },
        (_, index) => (index + 1) * size,
      );
      return inPieces(outlet, bytes, cuts, stepMs, pauses);
    }
    case 'split': {
      const count = Math.min(fault.pieces ?? 2, bytes.length) - 1;
      const cuts = Array.from({ length: count }, () => 1 + Math.floor(random() * (bytes.length - 1)));
      return inPieces(
        outlet,
        bytes,
        cuts.sort((a, b) => a - b),
        PIECE_GAP_MS,
        pauses,
      );
    }
  }
}

async function inPieces(
  outlet: Outlet,
  bytes: Buffer,
  cuts: readonly number[],
  gapMs: number,
  pauses: Pauses,
): Promise<void> {
  let start = 0;
  for (const cut of cuts) {
    if (!outlet.socket.writable) return;
    if (cut > start) outlet.write(bytes.subarray(start, cut));
    start = cut;
    if (!(await pauses.wait(gapMs))) return;
  }
  if (!outlet.socket.writable) return;
  outlet.write(bytes.subarray(start));
  outlet.finish();
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: NOISE_BYTES }, () => Math.floor(random() * 256)));
}
