import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes data directories and removes them all at the end. */
export function dataDirs(): { make: (parent?: string) => Promise<string>; remove: () => Promise<void> } {
  const made: string[] = [];
  return {
    async make(parent = tmpdir()) {
      const dir = await mkdtemp(join(parent, 'tapekeeper-cli-'));
      made.push(dir);
      return dir;
    },
    async remove() {
      for (const dir of made) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
