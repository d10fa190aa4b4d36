// Begins a sync and follows it to its end.
//
//   node examples/typescript/syncAndFollow.ts daily_bars 2024-12-02 2024-12-31
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '@tapekeeper/client';
import { connect } from './connect.ts';

const LOOK_EVERY_MS = 500;
const OVER = ['success', 'success_with_errors', 'failed', 'cancelled'];

const [dataset = 'daily_bars', from, to] = process.argv.slice(2);
const wish = { dataset, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
const api = connect();

try {
  const { plan, requires } = await api.planRun(wish);
  console.log(`would take ${plan.calls} calls for ${plan.cells} cells`, requires);

  // the same key again, as after a lost answer, gives the same run and begins no other
  const key = randomUUID();
  const begun = await api.requestRun(wish, key);
  const again = await api.requestRun(wish, key);
  console.log(`run ${begun.id} has begun once: ${begun.id === again.id}`);

  let run = begun;
  while (!OVER.includes(run.state)) {
    await pause(LOOK_EVERY_MS);
    run = await api.run(run.id);
    console.log(`${run.state} ${Math.round(run.progress.fraction * 100)} %`);
  }
  console.log(`run ${run.id} ended: ${run.state}, ${run.rowsWritten} rows written`);
  process.exitCode = run.state === 'success' ? 0 : 1;
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  // what is wrong and what to do, by the code that programs go by
  console.error(`${error.code}: ${error.texts.en}`);
  process.exitCode = 1;
}
