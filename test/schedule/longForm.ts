import { seededRandom } from '../chaos/random.ts';
import { cloneDatabase } from '../support/testDatabase.ts';
import { startTestServer } from '../support/testServer.ts';
import { takeOverClock } from './databaseClock.ts';
import { openProcessFleet } from './processFleet.ts';
import { runTrial } from './trial.ts';

export const LONG_FORM_FIRES = 10_000;

/** What the long form of the trial found. */
export interface ScheduleFigures {
  readonly seed: number;
  readonly fires: number;
  readonly moments: number;
  readonly kills: number;
  readonly outages: number;
  readonly violations: readonly string[];
}

/**
 * Schedulers in processes of their own, killed and started again while the clock of the database moves
 * through days with changes of summer time: every fire is held against the model. Starts and stops a
 * server of its own.
 */
export async function runScheduleTrial(options: {
  readonly seed: number;
  readonly fires: number;
  readonly say: (line: string) => void;
}): Promise<ScheduleFigures> {
  const { seed, fires, say } = options;
  const { server, stop } = await startTestServer();
  try {
    const database = await cloneDatabase(server, 'schedule_trial');
    try {
      const random = seededRandom(seed);
      const clock = await takeOverClock(database, Date.parse('1988-01-01T00:00:00Z'));
      const fleet = openProcessFleet(database.url, 2, random);
      const tally = await runTrial({ db: database.db, clock, fleet, random, fires, say });
      return { seed, ...tally, kills: fleet.kills };
    } finally {
      await database.drop();
    }
  } finally {
    await stop();
  }
}
