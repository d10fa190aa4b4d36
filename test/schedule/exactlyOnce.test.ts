import { expect, it } from 'vitest';
import type { Log } from '../../packages/server/src/ports/log.ts';
import { seededRandom } from '../chaos/random.ts';
import { createDatabase } from '../support/database.ts';
import { takeOverClock } from './databaseClock.ts';
import { openLoopFleet } from './loopFleet.ts';
import { runTrial } from './trial.ts';

const FIRES = 2_000;
const SEED = 7_206;

it('each due moment lies in one fire, and each fire has one run, with two schedulers at work', async () => {
  const database = await createDatabase('schedule');
  const faults: unknown[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn: (...said) => void faults.push(said),
    error: (...said) => void faults.push(said),
  };
  const random = seededRandom(SEED);
  const fleet = await openLoopFleet(database.url, 2, random, log);
  try {
    const clock = await takeOverClock(database, Date.parse('1988-01-01T00:00:00Z'));
    const tally = await runTrial({ db: database.db, clock, fleet, random, fires: FIRES });
    expect(tally.violations).toEqual([]);
    expect(faults).toEqual([]);
    expect(tally.fires).toBeGreaterThanOrEqual(FIRES);
    expect(tally.outages).toBeGreaterThan(0);
  } finally {
    await fleet.close();
    await database.drop();
  }
}, 240_000);
