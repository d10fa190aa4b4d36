import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { connect, type Database } from './connection.ts';
import { noteVitals } from './explainWorkers.ts';
import type { HeartMessage, HeartThreadData } from './heart.ts';
import { beat } from './workers.ts';

/** A beat that takes longer than this is given up, and the next one opens a new connection. */
const BEAT_TIMEOUT_MS = 5_000;
/** How often the thread looks whether the main loop moves. */
const LOOK_MS = 500;

const { url, workerId, everyMs, stallMs, pulse } = workerData as HeartThreadData;
const clock = systemClock;
const stopping = new AbortController();
let vitals: Exclude<HeartMessage, 'stop'>['vitals'] | undefined;
parentPort?.on('message', (message: HeartMessage) => {
  if (message === 'stop') stopping.abort();
  else ({ vitals } = message);
});

let lastPulse = -1;
let movedAt = clock.monotonic();

/** For how long the main loop has not moved, as far as has been seen. */
function stuckMs(): number {
  const now = Atomics.load(pulse, 0);
  if (now !== lastPulse) {
    lastPulse = now;
    movedAt = clock.monotonic();
  }
  return clock.monotonic() - movedAt;
}

/** One beat, with what the worker last told of itself. */
async function beatOnce(db: Database): Promise<void> {
  if (!(await beat(db, workerId))) {
    parentPort?.postMessage('lost');
    stopping.abort();
  } else if (vitals !== undefined) {
    // told for people only: the next beat finds out whether the connection is lost
    await noteVitals(db, workerId, { ...vitals, stuckMs: Math.round(stuckMs()) }).catch(() => {});
  }
}

async function untilNextBeat(): Promise<void> {
  for (let left = everyMs; left > 0; left -= LOOK_MS) {
    await clock.sleep(Math.min(LOOK_MS, left), stopping.signal);
    stuckMs();
  }
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
      while (!stopping.signal.aborted && stuckMs() < stallMs) {
        await beatOnce(db);
        await untilNextBeat();
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
