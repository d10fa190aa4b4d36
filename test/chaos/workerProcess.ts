import { environment, readConfig } from '../../packages/server/src/config.ts';
import { openInstallation } from '../../packages/server/src/main.ts';
import { startServer } from '../../packages/server/src/server.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';

// Worker, scheduler and server in one process, as `start` runs them: what the harness kills. Says `ready` when it works, ends
// in order on SIGTERM, and at once when the harness is gone.

const config = readConfig({ env: environment(), flags: {} });
process.stdin.on('end', () => process.exit(1)).resume();
const installation = await openInstallation(
  config,
  createLog(config.logLevel, () => []),
);
const server = await startServer(installation, { port: 0 });
const close = async (): Promise<void> => {
  await server.stop();
  await installation.close();
};
process.on('SIGTERM', () => {
  void close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
await installation.worker.start();
await installation.scheduler.start();
process.stdout.write('ready\n');
