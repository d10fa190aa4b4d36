import { writeSync } from 'node:fs';
import { decideFires, occurrencesOf, builtinCalendar } from '@tapekeeper/core';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { connect } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';

// Decides about due jobs of the database given first, but stops itself (SIGSTOP) in the middle, with their
// rows locked. When it goes on, it writes what it decided, and says how that went.
const [url = ''] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(1)).resume();
const db = await connect({ url, max: 2, applicationName: 'frozen scheduler', statementTimeoutMs: 60_000 });
const store = createStore(db);
let isFirst = true;
try {
  const report = await store.fireDue(100, (job, now) => {
    if (isFirst) {
      isFirst = false;
      writeSync(1, 'claimed\n');
      process.kill(process.pid, 'SIGSTOP');
    }
    const context = { calendar: builtinCalendar(), readCron: cronReader, key: job.key };
    return decideFires(job, occurrencesOf(job.schedule, context), now);
  });
  writeSync(1, `committed ${report.fires}\n`);
} catch (error) {
  writeSync(1, `failed ${error instanceof Error ? error.message : String(error)}\n`);
}
await db.close().catch(() => {});
process.exit(0);
