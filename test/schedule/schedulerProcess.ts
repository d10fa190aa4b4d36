import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../packages/server/src/clock.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { createScheduler } from '../../packages/server/src/scheduler/scheduler.ts';
import { connect } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';

// A scheduler and nothing else over the database given first, with a clock that is wrong by the milliseconds
// given second. Says `ready` when it works, ends in order on SIGTERM, and at once when its parent is gone.
const [url = '', skewMs = '0'] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(1)).resume();
const db = await connect({ url, max: 3, applicationName: 'scheduler process', statementTimeoutMs: 20_000 });
const say = (fields: Readonly<Record<string, unknown>>): void => {
  const { err } = fields;
  const error = err instanceof Error ? err.stack : err;
  writeSync(2, `${JSON.stringify({ ...fields, err: error })}\n`);
};
const scheduler = createScheduler({
  deps: {
    store: createStore(db),
    clock: { ...systemClock, now: () => systemClock.now() + Number(skewMs) },
    readCron: cronReader,
    log: { debug() {}, info() {}, warn: say, error: say },
  },
  node: 'process',
  pid: process.pid,
  newBoot: randomUUID,
  maxSleepMs: 10,
});
process.once('SIGTERM', () => {
  void scheduler.stop().then(async () => {
    await db.close();
    process.exit(0);
  });
});
await scheduler.start();
process.stdout.write('ready\n');
