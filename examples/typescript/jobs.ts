// Keeps a job: makes it, looks when it is due, runs it at once, and takes it away.
//
//   node examples/typescript/jobs.ts
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from './connect.ts';

const LOOK_EVERY_MS = 500;
const KEY = 'example-evening-bars';
const api = connect();

const { job, warnings } = await api.createJob({
  key: KEY,
  enabled: true,
  definition: {
    type: 'sync',
    name: 'Daily bars of the last week',
    params: { dataset: 'daily_bars', lastDays: 7 },
    schedule: { trigger: { kind: 'session', rule: 'close(XSHG)+90m' } },
    policies: { maxAttempts: 3, retrySeconds: 600 },
  },
});
console.log(`${job.key} is due ${job.words.en}, next ${job.next?.scheduledFor ?? 'never'}`);
for (const { text } of warnings) console.log(`mind: ${text.en}`);

let run = await api.triggerJob(KEY, { params: { lastDays: 3 } });
while (run.finishedAt === null) {
  await pause(LOOK_EVERY_MS);
  run = await api.run(run.id);
}
console.log(`its run ${run.id} ended: ${run.state}`);

const { changes } = await api.jobChanges(KEY, {});
console.log(`what was done to it: ${changes.map(({ action }) => action).join(', ')}`);
await api.deleteJob(KEY);
console.log('it is gone; its runs stay');
