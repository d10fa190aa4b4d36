import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { Comparison } from '../../scripts/verify/comparison.ts';
import { compareSymbol } from '../../scripts/verify/compareSymbol.ts';
import type { Conversation, Moment, Verdict } from '../support/postgresProxy.ts';
import { runEnded } from '../support/runToEnd.ts';
import { until } from '../support/until.ts';
import { disagreements, looseEnds } from './agreement.ts';
import { sampleCollections, type Collection } from './collection.ts';
import { openSampleStand } from './sampleStand.ts';
import { openControl, type ChaosDatabase, type Stand } from './stand.ts';
import { WorkerNode, type NodeWatch } from './workerNode.ts';

// A worker that was given up must not write (R4), whatever it was doing when it froze; and nothing that
// it holds may keep the others from going on (R2).

/** Silent after three seconds, so that nobody waits for long, and no busy machine makes a worker silent. */
const HASTY = { TAPEKEEPER_HEARTBEAT_MS: '100', TAPEKEEPER_SILENT_MS: '3000', TAPEKEEPER_RESCUE_MS: '100' };
const COPIES_BARS = /^COPY market\.daily_bars\b/;
const UNWATCHED: NodeWatch = { database: () => 'pass', answer: () => 'pass' };

/** Processes start, fall silent and are missed: that takes its time on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

let stand: Stand;
let collection: Collection;
let database: ChaosDatabase;
let control: Installation;
let nodes: WorkerNode[];

beforeAll(async () => {
  stand = await openSampleStand();
  collection = someSymbols((await sampleCollections(stand.world))[0] as Collection, 30);
});

afterAll(() => stand.stop());

beforeEach(async () => {
  database = await stand.createDatabase();
  control = await openControl(stand, database.url);
  nodes = [];
});

afterEach(async () => {
  for (const node of nodes) await node.close();
  await control.close();
  await database.drop();
});

describe('a worker frozen for longer than its silence', () => {
  test('during a call wakes while another does its work, and is refused', async () => {
    const stale = await makeNode(frozenInFirstCall(() => stale));
    const run = await requestSync(control.deps, collection.requests[0]!);
    await stale.start();
    await until(async () => stale.isPaused);
    const staleId = await newestWorker();

    // the other one has the same items in its hands, and is not done with them when the stale one wakes
    const other = await makeNode(frozenInFirstCall(() => other));
    await other.start();
    await until(async () => other.isPaused);
    stale.resume();
    await until(
      async () => stale.log.some((line) => line.includes('lease lost')) || (await attemptsOf(staleId)) > 2,
    );
    other.resume();

    expect((await runEnded(control.deps, run)).state).toBe('success');
    // both lists, which it had fetched before
    expect(await attemptsOf(staleId)).toBe(2);
    await expectTruth();
  });

  test('in the middle of a commit keeps nobody waiting, and its commit fails', async () => {
    await expectNoHarm((freeze) => ({
      ...UNWATCHED,
      database: (moment, conversation) =>
        moment.kind === 'statement' &&
        /INTO tapekeeper\.attempt/.test(moment.text) &&
        copiesBars(conversation)
          ? freeze()
          : 'pass',
    }));
  });

  test('in the middle of a claim keeps nobody waiting for long', async () => {
    await expectNoHarm((freeze) => ({
      ...UNWATCHED,
      database: (moment, conversation) =>
        moment.kind === 'statement' &&
        /FROM tapekeeper\.run WHERE id/.test(moment.text) &&
        claims(conversation)
          ? freeze()
          : 'pass',
    }));
  });

  test('in the middle of a COPY keeps nobody waiting, and its rows are gone', async () => {
    // the server has begun to wait for the rows, and they never come
    await expectNoHarm((freeze) => ({
      ...UNWATCHED,
      database: (moment) =>
        moment.kind === 'statement' && COPIES_BARS.test(moment.text) ? freeze() : 'pass',
    }));
  });
});

test('a worker killed before its first heartbeat is missed by the others', async () => {
  const claimed = Promise.withResolvers<void>();
  const silentHeart = (moment: Moment, conversation: Conversation): Verdict => {
    if (conversation.application === 'tapekeeper heart') return { cutAfter: 0 };
    if (moment.kind !== 'committed' || !claims(conversation)) return 'pass';
    dead.kill();
    claimed.resolve();
    return { cutAfter: 0 };
  };
  const dead = await makeNode({ ...UNWATCHED, database: silentHeart });
  const run = await requestSync(control.deps, collection.requests[0]!);
  await dead.start();
  await claimed.promise;
  await dead.gone(control.db);
  await control.db.rows(sql`UPDATE tapekeeper.worker SET heartbeat_at = NULL`);

  const other = await makeNode(UNWATCHED);
  await other.start();
  expect((await runEnded(control.deps, run)).state).toBe('success');
  await expectTruth();
});

/** Stops a worker when the answer to its first question for bars is there, before it has a byte of it. */
function frozenInFirstCall(node: () => WorkerNode): NodeWatch {
  const asked = (): number => stand.replay.counts()['baostock.query_history_k_data_plus'] ?? 0;
  const before = asked();
  let done = false;
  return {
    ...UNWATCHED,
    answer() {
      if (!done && asked() > before) {
        done = true;
        node().pause();
      }
      return 'pass';
    },
  };
}

/** Freezes a worker in the moment that the watch names, lets another take over, and wakes it. */
async function expectNoHarm(watchOf: (freeze: () => 'pass') => NodeWatch): Promise<void> {
  let done = false;
  const stale = await makeNode(
    watchOf(() => {
      if (!done) stale.pause();
      done = true;
      return 'pass';
    }),
  );
  const run = await requestSync(control.deps, collection.requests[0]!);
  await stale.start();
  await until(async () => stale.isPaused);
  const staleId = await newestWorker();

  const other = await makeNode(UNWATCHED);
  await other.start();
  await until(async () => (await attemptsOfOthers(staleId)) > 0);
  const before = await attemptsOf(staleId);
  stale.resume();
  expect((await runEnded(control.deps, run)).state).toBe('success');
  // it ends only when what it was at has come to its end, so it has tried by then
  await stale.close();
  expect(await attemptsOf(staleId)).toBe(before);
  await expectTruth();
}

function someSymbols(whole: Collection, count: number): Collection {
  const symbols = whole.symbols.slice(0, count);
  return { ...whole, symbols, requests: whole.requests.map((request) => ({ ...request, symbols })) };
}

function claims({ statements }: Conversation): boolean {
  return statements.some((text) => text.includes('claimed_at = tapekeeper.now()'));
}

function copiesBars({ statements }: Conversation): boolean {
  return statements.some((text) => COPIES_BARS.test(text));
}

async function makeNode(watch: NodeWatch): Promise<WorkerNode> {
  const node = await WorkerNode.make({
    databaseUrl: database.url,
    replay: stand.replay,
    marketDay: stand.world.lastDay,
    watch,
    settings: HASTY,
  });
  nodes.push(node);
  return node;
}

async function newestWorker(): Promise<number> {
  return (await control.db.one(sql<{ id: number }>`SELECT max(id) AS id FROM tapekeeper.worker`)).id;
}

async function attemptsOf(worker: number): Promise<number> {
  return (
    await control.db.one(sql<{ count: number }>`
    SELECT count(*) FROM tapekeeper.attempt WHERE worker_id = ${worker}`)
  ).count;
}

async function attemptsOfOthers(worker: number): Promise<number> {
  return (
    await control.db.one(sql<{ count: number }>`
    SELECT count(*) FROM tapekeeper.attempt WHERE worker_id <> ${worker}`)
  ).count;
}

/** Every row is the file's, and ledger, coverage and rows agree. */
async function expectTruth(): Promise<void> {
  const check = new Comparison(collection.name);
  for (const symbol of collection.symbols) await compareSymbol(check, control.db, collection.truthOf(symbol));
  expect(check.examples).toEqual([]);
  expect(await disagreements(control.db, collection.symbols)).toEqual([]);
  expect(await looseEnds(control.db, collection.symbols)).toEqual([]);
}
