import { join } from 'node:path';
import type { Config } from '../config.ts';

/** Where copies of the embedded server's programs lie that another user can run. */
export function runtimeRootOf(config: Config): string {
  return join(config.dataDir, '..', 'tapekeeper-runtime');
}
