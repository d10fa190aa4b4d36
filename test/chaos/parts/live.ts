import { createEventPublisher } from '../../../packages/server/src/app/eventPublisher.ts';
import { systemClock } from '../../../packages/server/src/clock.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { gather, type Crowd, type CrowdResult } from '../../live/crowd.ts';
import { openLiveStand, TOKEN, type LiveStand } from '../../live/liveStand.ts';
import { quietLog } from '../../support/quietLog.ts';
import { cloneDatabase } from '../../support/testDatabase.ts';
import { startTestServer } from '../../support/testServer.ts';
import { quantile } from '../tally.ts';
import type { Part, PartContext, PartResult } from './part.ts';

const CLIENTS = 10_000;
const PROCESSES = 4;
/** Each run has a hundredth of the clients. */
const RUNS = 100;
const EVENTS_A_SECOND = 100;
const SECONDS = 30;
const SAMPLE_EVERY_MS = 100;
const MEGABYTE = 1024 * 1024;

/** Very many live clients on one process, each of which has to get all that it asked for. */
export const live: Part = {
  name: 'live',
  about: 'live clients over WebSockets, a hundred events a second and one for all of them',
  usual: { size: CLIENTS, unit: 'clients' },
  async run(context) {
    const { server, stop } = await startTestServer();
    try {
      const database = await cloneDatabase(server, 'live');
      const stand = await openLiveStand(database, {
        limits: { frameMs: 250, perInstallation: Infinity, connections: 2 * CLIENTS, strangers: Infinity },
      });
      const publisher = createEventPublisher({ ...stand.deps, log: quietLog });
      try {
        await publisher.start();
        return await Promise.race([crowded(stand, context), context.interrupted]);
      } finally {
        await publisher.stop();
        await stand.close();
        await database.drop();
      }
    } finally {
      await stop();
    }
  },
};

async function crowded(stand: LiveStand, { size = CLIENTS, say, seed }: PartContext): Promise<PartResult> {
  const memory = watchMemory();
  const clients = Math.ceil(size / PROCESSES);
  const order = { url: stand.url, token: TOKEN, clients, runs: RUNS, everybody: 'sets' };
  const startedAt = performance.now();
  const crowds = await Promise.all(
    Array.from({ length: PROCESSES }, (_, n) => gather({ ...order, from: n * clients })),
  );
  const connectSeconds = (performance.now() - startedAt) / 1000;
  say(`${clients * PROCESSES} clients connected after ${connectSeconds.toFixed(1)} s`);
  const { last, ofRun, toAll } = await tellForAWhile(stand);
  say(`${SECONDS * EVENTS_A_SECOND} events told, the last of them number ${last}`);
  const results = await Promise.all(crowds.map((crowd) => crowd.until(last)));
  const rssMegabytes = memory.stop() / MEGABYTE;
  say('all clients have everything');
  await Promise.all(crowds.map((crowd: Crowd) => crowd.leave()));
  say('the clients have left');
  const latencies = results.flatMap(({ latencies: some }) => some).toSorted((a, b) => a - b);
  const faulty = results.reduce((sum, result) => sum + result.faulty, 0);
  const incomplete = incompleteRuns(results, ofRun + toAll);
  const { tooSlow } = stand.live.gateway.figures();
  const ms = (part: number): string => `${Math.round(quantile(latencies, part) ?? 0)} ms`;
  return {
    lines: [
      ['clients on one process', (clients * PROCESSES).toLocaleString('en-US')],
      ['all connected and told so after', `${connectSeconds.toFixed(1)} s`],
      [
        'events a second to one in a hundred of them, and one a second to all',
        `${EVENTS_A_SECOND}, for ${SECONDS} s`,
      ],
      ['from the event to the client', `p50 ${ms(0.5)}, p99 ${ms(0.99)}, longest ${ms(1)}`],
      ['memory of the process at most', `${Math.round(rssMegabytes)} MB`],
      ['clients lost, sent away, told wrongly or twice', `${faulty}, ${tooSlow}`],
      ['seed', `${seed}`],
    ],
    raw: { clients: clients * PROCESSES, connectSeconds, rssMegabytes, faulty, tooSlow, incomplete },
    violations: [
      ...(faulty > 0 ? [`${faulty} clients were lost or told wrongly`] : []),
      ...incomplete.map((run) => `clients of run ${run} have not got all events`),
    ],
  };
}

/** Events at an even pace, as many of each run; returns how many a client gets. */
async function tellForAWhile(
  stand: LiveStand,
): Promise<{ readonly last: number; readonly ofRun: number; readonly toAll: number }> {
  const rounds = SECONDS * 10;
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) {
    const runs = Array.from({ length: EVENTS_A_SECOND / 10 }, (_, n) => (round * 10 + n) % RUNS);
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.event_outbox (topic, payload)
      SELECT 'run', jsonb_build_object('runId', run, 'state', 'running') FROM unnest(${runs}::int[]) AS run`);
    if (round % 10 === 0)
      await stand.db.rows(sql`
        INSERT INTO tapekeeper.event_outbox (topic, payload) VALUES ('symbol_set', '{"name": "all"}')`);
    await systemClock.sleep(Math.max(0, startedAt + (round + 1) * 100 - performance.now()));
  }
  const last = await stand.tell(['symbol_set', { name: 'the end' }]);
  return { last, ofRun: (SECONDS * EVENTS_A_SECOND) / RUNS, toAll: SECONDS + 1 };
}

function incompleteRuns(results: readonly CrowdResult[], expected: number): readonly string[] {
  return results.flatMap(({ counts }) =>
    Object.entries(counts).flatMap(([run, { least, most }]) =>
      least === expected && most === expected ? [] : [run],
    ),
  );
}

/** The most that the process takes until it is asked. */
function watchMemory(): { stop(): number } {
  const stopping = new AbortController();
  let most = 0;
  const look = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      most = Math.max(most, process.memoryUsage().rss);
      await systemClock.sleep(SAMPLE_EVERY_MS, stopping.signal).catch(() => {});
    }
  };
  void look();
  return {
    stop() {
      stopping.abort();
      return most;
    },
  };
}
