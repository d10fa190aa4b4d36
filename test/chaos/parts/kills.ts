import { openWorld } from '@tapekeeper/replay';
import { testDataFolder } from '../../support/testData.ts';
import { realCollections } from '../collection.ts';
import { killWishes, USUAL_KILLS } from '../killPlan.ts';
import { figuresOf, linesOf } from '../report.ts';
import { runChaos } from '../runChaos.ts';
import { openStand } from '../stand.ts';
import type { Part } from './part.ts';

/** Kills the whole program while all of the real data is collected and jobs fire beside it. */
export const kills: Part = {
  name: 'kills',
  about: 'kill -9 of scheduler, worker and server while real data is collected (TAPEKEEPER_TEST_DATA)',
  usual: { size: USUAL_KILLS, unit: 'kills' },
  async run({ seed, size = USUAL_KILLS, say, interrupted }) {
    const startedAt = performance.now();
    const world = await openWorld(testDataFolder());
    const stand = await openStand(world);
    try {
      const tally = await runChaos({
        stand,
        collections: await realCollections(world),
        wishes: killWishes(size),
        seed,
        say,
        interrupted,
      });
      const minutes = (performance.now() - startedAt) / 60_000;
      const figures = figuresOf(tally, { seed, serverVersion: stand.serverVersion, minutes });
      return { lines: linesOf(figures), raw: figures, violations: tally.violations };
    } finally {
      await stand.stop();
    }
  },
};
