import { openWorld } from '@tapekeeper/replay';
import { testDataFolder } from '../../support/testData.ts';
import { restartAgain } from '../database/restarts.ts';
import { seededRandom } from '../random.ts';
import { quantile } from '../tally.ts';
import type { Part } from './part.ts';

/** Ends the database at once every few seconds while real data is collected. */
export const database: Part = {
  name: 'database',
  about: 'PostgreSQL stopped at once every 5 to 10 s while real data is collected (TAPEKEEPER_TEST_DATA)',
  usual: { size: 100, unit: 'restarts' },
  async run({ seed, size = 100, say, interrupted }) {
    const world = await openWorld(testDataFolder());
    const random = seededRandom(seed);
    const figures = await restartAgain({ world, restarts: size, random, say, interrupted });
    const { reconnectMs, violations, ...raw } = figures;
    const at = (share: number): string => `${((quantile(reconnectMs, share) ?? 0) / 1000).toFixed(1)} s`;
    return {
      lines: [
        ['restarts of the database (immediate)', `${raw.restarts}`],
        ['collections of real data, each from an empty database', `${raw.collections}`],
        [
          'from the server’s answer to the next committed item',
          `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (${reconnectMs.length} measured)`,
        ],
        ['broken promises', `${violations.length}`],
        ['seed', `${seed}`],
      ],
      raw: { ...raw, reconnectMs },
      violations,
    };
  },
};
