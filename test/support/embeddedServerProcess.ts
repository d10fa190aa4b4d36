import { systemClock } from '../../packages/server/src/clock.ts';
import { openDataDir } from '../../packages/server/src/store/dataDir.ts';
import { startEmbedded } from '../../packages/server/src/store/embedded/startEmbedded.ts';
import { quietLog } from './quietLog.ts';

// Runs the embedded server of the directory given first, with the runtime folder given second. Writes a
// line of JSON when it is ready; ends with SIGTERM in order, and may be killed at any moment.
const [dir = '', runtimeRoot = ''] = process.argv.slice(2);
const dataDir = await openDataDir(dir);
const server = await startEmbedded({ dataDir, runtimeRoot, clock: systemClock, log: quietLog });
const { pid, port, adopted } = server;
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void server.stop().then(() => dataDir.release());
});
process.stdout.write(`${JSON.stringify({ pid, port, adopted })}\n`);
