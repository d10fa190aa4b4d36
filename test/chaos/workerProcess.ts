import { environment, readConfig } from '../../packages/server/src/config.ts';
import { openInstallation } from '../../packages/server/src/main.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';

// A worker as `start` runs it, and nothing else: what the harness kills. Says `ready` when it works, ends
// in order on SIGTERM, and at once when the harness is gone.

const config = readConfig({ env: environment(), flags: {} });
process.stdin.on('end', () => process.exit(1)).resume();
const installation = await openInstallation(
  config,
  createLog(config.logLevel, () => []),
);
process.on('SIGTERM', () => {
  void installation.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
await installation.worker.start();
process.stdout.write('ready\n');
