import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { connect } from './connection.ts';
import type { HeartThreadData } from './heart.ts';
import { beat } from './workers.ts';

/** A beat that takes longer than this is given up, and the next one opens a new connection. */
const BEAT_TIMEOUT_MS = 5_000;

const { url, workerId, everyMs, stallMs, pulse } = workerData as HeartThreadData;
const clock = systemClock;
const stopping = new AbortController();
parentPort?.on('message', () => stopping.abort());

let lastPulse = -1;
let movedAt = clock.monotonic();

function mainLoopMoves(): boolean {
  const now = Atomics.load(pulse, 0);
  if (now !== lastPulse) {
    lastPulse = now;
    movedAt = clock.monotonic();
  }
  return clock.monotonic() - movedAt < stallMs;
}

while (!stopping.signal.aborted) {
  try {
    const db = await connect({
      url,
      max: 1,
      applicationName: 'tapekeeper heart',
      statementTimeoutMs: BEAT_TIMEOUT_MS,
    });
    try {
      while (!stopping.signal.aborted && mainLoopMoves()) {
        if (!(await beat(db, workerId))) {
          parentPort?.postMessage('lost');
          stopping.abort();
        }
        await clock.sleep(everyMs, stopping.signal);
      }
    } finally {
      await db.close();
    }
    await clock.sleep(everyMs, stopping.signal);
  } catch {
    // The database is away or the sleep was ended; silence is what the others must see then.
    if (!stopping.signal.aborted) await clock.sleep(everyMs, stopping.signal).catch(() => {});
  }
}
parentPort?.close();
