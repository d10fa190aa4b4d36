import { openDataDir } from '../../packages/server/src/store/dataDir.ts';

// Holds the data directory of its argument until it is killed, and says so on its output.
const dir = await openDataDir(process.argv[2] ?? '');
setInterval(() => dir.path, 60_000);
process.stdout.write('held\n');
