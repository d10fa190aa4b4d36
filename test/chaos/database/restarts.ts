import type { World } from '@tapekeeper/replay';
import { systemClock } from '../../../packages/server/src/clock.ts';
import { until } from '../../support/until.ts';
import { below, type Random } from '../random.ts';
import { openFaultStand, type FaultStand } from './faultStand.ts';
import { OwnServer } from './ownServer.ts';

/** What a database that ends again and again has cost. */
export interface RestartFigures {
  readonly restarts: number;
  readonly collections: number;
  /** From the moment at which the server answered again until items were committed. */
  readonly reconnectMs: readonly number[];
  readonly violations: readonly string[];
}

const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Ends the database at once every few seconds while all of the real data is collected, as often as wished,
 * each time from an empty database when a collection is over.
 */
export async function restartAgain(options: {
  readonly world: World;
  readonly restarts: number;
  readonly random: Random;
  readonly say: (line: string) => void;
  /** Rejects when the trial shall end early; the database server is taken down then as well. */
  readonly interrupted: Promise<never>;
}): Promise<RestartFigures> {
  const { world, random, say, interrupted } = options;
  const reconnectMs: number[] = [];
  const violations: string[] = [];
  let restarts = 0;
  let collections = 0;
  while (restarts < options.restarts) {
    const server = await OwnServer.make();
    try {
      const stand = await openFaultStand(server, { serverNow: () => server, world });
      try {
        await stand.node.start();
        await stand.node.ready;
        const run = await stand.begin();
        let over = false;
        const ended = stand.ended(run).then((view) => {
          over = true;
          return view;
        });
        // an interruption takes the stand away from under it
        ended.catch(() => {});
        while (!over && restarts < options.restarts) {
          const pause = SHORTEST_PAUSE_MS + below(random, LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
          await Promise.race([systemClock.sleep(pause), ended, interrupted]);
          if (over) break;
          restarts += 1;
          const ms = await Promise.race([restart(server, stand, run, () => over), interrupted]);
          if (ms !== undefined) reconnectMs.push(ms);
          say(
            `restart ${restarts}: ${ms === undefined ? 'the run was over' : `on after ${(ms / 1000).toFixed(1)} s`}`,
          );
        }
        const { state } = await Promise.race([ended, interrupted]);
        if (state !== 'success') violations.push(`the run ended ${state}`);
        violations.push(...(await stand.faults()));
        collections += 1;
        say(`collection ${collections}: ${state}, ${violations.length} violations so far`);
      } finally {
        await stand.close();
      }
    } finally {
      await server.remove();
    }
  }
  return { restarts, collections, reconnectMs, violations };
}

/** Milliseconds from the server's answer to the next committed item; undefined where the run was over by then. */
async function restart(
  server: OwnServer,
  { itemsDone, proxy }: FaultStand,
  run: number,
  over: () => boolean,
): Promise<number | undefined> {
  const before = await itemsDone(run);
  await server.crash();
  await server.start();
  proxy.turnTo(server.port);
  const up = systemClock.monotonic();
  await until(async () => over() || (await itemsDone(run)) > before);
  return over() ? undefined : systemClock.monotonic() - up;
}
