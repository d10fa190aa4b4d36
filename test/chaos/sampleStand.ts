import { openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';
import { createDatabase } from '../support/database.ts';
import type { Stand } from './stand.ts';

/** A stand over the bundled sample, on the database server that all tests share. */
export async function openSampleStand(): Promise<Stand> {
  const world = await openWorld(sampleFolder());
  const replay = await startReplay({ world });
  return {
    world,
    replay,
    serverVersion: 'of the tests',
    async createDatabase() {
      const { ownerUrl, drop } = await createDatabase('chaos');
      return { url: ownerUrl, drop };
    },
    stop: () => replay.stop(),
  };
}
