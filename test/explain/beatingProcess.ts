import { randomUUID } from 'node:crypto';
import { systemClock } from '../../packages/server/src/clock.ts';
import { connect } from '../../packages/server/src/store/connection.ts';
import { heartsOver } from '../../packages/server/src/store/heart.ts';
import { createStore } from '../../packages/server/src/store/store.ts';

// A process that does nothing but beat for a worker, until it is told to stand still.

const url = process.argv[2] ?? '';
const db = await connect({ url, max: 1, applicationName: 'tests', statementTimeoutMs: 20_000 });
const workerId = await createStore(db).registerWorker({
  node: 'node-b:/data',
  boot: randomUUID(),
  pid: process.pid,
});
heartsOver(url, systemClock, () => ({ slots: 3, calls: [] }))({
  workerId,
  everyMs: 200,
  stallMs: 120_000,
  onLost: () => {},
});
// the main loop stands still, and with it everything but the thread of the heart
process.on('SIGUSR2', () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
process.stdout.write(`${JSON.stringify({ workerId })}\n`);
