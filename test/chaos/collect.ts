import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import type { Conversation, Moment, Verdict } from '../support/postgresProxy.ts';
import { runEnded, runToEnd } from '../support/runToEnd.ts';
import { Comparison } from '../../scripts/verify/comparison.ts';
import { compareSymbol } from '../../scripts/verify/compareSymbol.ts';
import { disagreements, looseEnds } from './agreement.ts';
import { CallLedger, itemsInFlight, pagesOfItems } from './callLedger.ts';
import type { Collection } from './collection.ts';
import { Killer } from './killer.ts';
import { strikesAnyTime, type PlannedKill } from './killPlan.ts';
import { Outage } from './outage.ts';
import { drawn, type Random } from './random.ts';
import { plantScheduledWork } from './scheduledWork.ts';
import { openControl, type Stand } from './stand.ts';
import { watchStrands } from './strandWatch.ts';
import type { Tally } from './tally.ts';
import { bringsOn } from './transactions.ts';
import { WorkerNode } from './workerNode.ts';

export interface CollectDeps {
  readonly stand: Stand;
  readonly tally: Tally;
  readonly random: Random;
  readonly say: (line: string) => void;
  /** Rejects when somebody wants the harness to end. */
  readonly interrupted: Promise<never>;
}

/** Longer than any rescue takes; then the harness gives up rather than wait for ever. */
const PATIENCE_MS = 180_000;
const SAMPLED_SYMBOLS = 20;

/**
 * Collects into a fresh database while the planned kills happen, as many as there are moments for, and
 * compares the outcome with the files. Takes the kills that happened off the list.
 */
export async function collect(
  deps: CollectDeps,
  collection: Collection,
  kills: PlannedKill[],
): Promise<void> {
  const { stand, tally } = deps;
  const database = await stand.createDatabase();
  const control = await openControl(stand, database.url);
  const scheduled = await plantScheduledWork(control);
  const work = await openWork(deps, collection, control, database.url);
  try {
    await work.guarded(work.node.start());
    for (const request of collection.requests) {
      const run = runEnded(control.deps, await requestSync(control.deps, request));
      await work.guarded(killWhile(work, run, kills));
    }
    await work.guarded(work.checked);
    await work.guarded(patiently(scheduled.end(), () => 'runs of jobs have not ended'));
    await work.guarded(compareWhole(work));
    for (const fault of await scheduled.faults()) tally.violate(`${collection.name}: ${fault}`);
    const { fires, moments, runs } = await scheduled.counts();
    tally.fires += fires;
    tally.moments += moments;
    tally.scheduledRuns += runs;
    tally.collections += 1;
  } finally {
    await work.close();
    await control.close();
    await database.drop();
  }
}

interface Work {
  readonly deps: CollectDeps;
  readonly collection: Collection;
  readonly control: Installation;
  readonly killer: Killer;
  readonly ledger: CallLedger;
  readonly outage: Outage;
  /** The node whose worker is at work; after a takeover it is the other one. */
  node: WorkerNode;
  other: WorkerNode;
  /** The look at the database after the last kill. */
  checked: Promise<void>;
  /** Rejects as soon as a worker crashes, a watcher fails or the harness is to end, whatever else is waited for. */
  guarded<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function openWork(
  deps: CollectDeps,
  collection: Collection,
  control: Installation,
  databaseUrl: string,
): Promise<Work> {
  const { stand, tally } = deps;
  const killer = new Killer();
  const outage = new Outage();
  const trouble = Promise.withResolvers<never>();
  trouble.promise.catch(() => {});
  const watch = {
    database(moment: Moment, conversation: Conversation): Verdict {
      const verdict = killer.database(moment, conversation);
      if (verdict === 'pass' && moment.kind === 'committed' && bringsOn(conversation)) outage.end();
      return verdict;
    },
    answer: (bytes: number): Verdict => killer.answer(bytes),
  };
  const options = {
    databaseUrl,
    replay: stand.replay,
    marketDay: stand.world.lastDay,
    watch,
    onCrash: (report: string) => trouble.reject(new Error(report)),
  };
  const node = await WorkerNode.make(options);
  const other = await WorkerNode.make(options);
  const livePids = (): ReadonlySet<number> =>
    new Set([node.pid, other.pid].filter((pid) => pid !== undefined));
  const strands = watchStrands(control.db, livePids, tally.stranding, (error) => trouble.reject(error));
  return {
    deps,
    collection,
    control,
    killer,
    ledger: new CallLedger(stand.replay),
    outage,
    node,
    other,
    checked: Promise.resolve(),
    guarded: (awaited) => Promise.race([awaited, trouble.promise, deps.interrupted]),
    async close() {
      killer.disarm();
      await strands.stop();
      await node.close();
      await other.close();
    },
  };
}

/** Kills again and again until the run has ended or no kill is left. */
async function killWhile(work: Work, run: Promise<RunView>, kills: PlannedKill[]): Promise<void> {
  const { killer } = work;
  let ended = false;
  const end = run.then(() => {
    ended = true;
  });
  while (kills.length > 0 && !ended) {
    const kill = kills[0] as PlannedKill;
    if (!strikesAnyTime(kill.kind)) {
      await patiently(Promise.race([work.outage.over, end]), () => 'work has not got on after a kill');
    }
    const struck = killer.arm(kill, () => {
      work.node.kill();
      work.outage.begin();
    });
    await patiently(
      Promise.race([struck, end]),
      () => `no moment for a kill of class ${kill.kind}, and no end of the run`,
    );
    if (!killer.disarm()) break;
    kills.shift();
    await afterKill(work, kill);
  }
  await patiently(end, () => `a run has not ended:\n${work.node.log.join('\n')}`);
  work.outage.forget();
  work.ledger.read();
}

/** Counts, starts the worker again (or the other node's) and looks whether all is right meanwhile. */
async function afterKill(work: Work, kill: PlannedKill): Promise<void> {
  const { deps, control, ledger, outage } = work;
  const { tally, say } = deps;
  await work.checked;
  await work.node.gone(control.db);
  const running = await itemsInFlight(control.db, control.deps.sources);
  ledger.killed(running);
  ledger.read();
  if (kill.takeover) [work.node, work.other] = [work.other, work.node];
  await work.node.start();
  tally.kills[kill.kind] += 1;
  tally.takeovers += kill.takeover ? 1 : 0;
  const place = tally.killed;
  const durations = kill.takeover ? tally.takeoverMs : tally.restartMs;
  const on = outage.over.then((ms) => {
    if (ms === undefined) return;
    durations.push(ms);
    say(
      `kill ${place}: ${kill.kind}${kill.takeover ? ', taken over' : ''}, ${running.length} items in flight, on after ${(ms / 1000).toFixed(1)} s`,
    );
  });
  work.checked = compareSample(work);
  work.checked.catch(() => {});
  if (kill.takeover) await patiently(on, () => 'nobody took over');
}

/** A few symbols, while the collection goes on: what is there is right, and coverage claims no more. */
async function compareSample(work: Work): Promise<void> {
  const { deps, collection, control } = work;
  const { tally, random } = deps;
  const symbols = drawn(random, collection.symbols, SAMPLED_SYMBOLS);
  const found = await disagreements(control.db, symbols);
  const check = new Comparison(collection.name);
  for (const symbol of symbols) await compareSymbol(check, control.db, collection.truthOf(symbol), 'part');
  tally.valuesBetween += check.values;
  tally.wrong += check.wrong;
  tally.doubled += check.extra;
  for (const text of [...found, ...check.examples]) tally.violate(`after kill ${tally.killed}: ${text}`);
}

/** All rows, when everything has ended: nothing lost, doubled or wrong, and a second run has nothing to do. */
async function compareWhole(work: Work): Promise<void> {
  const { deps, collection, control, ledger, node } = work;
  const { tally, say } = deps;
  const check = new Comparison(collection.name);
  for (const symbol of collection.symbols) {
    const truth = collection.truthOf(symbol);
    await compareSymbol(check, control.db, truth);
    for (const rows of Object.values(truth.tables)) check.rows += rows.size;
  }
  const found = await disagreements(control.db, collection.symbols);
  const loose = [...(await looseEnds(control.db, collection.symbols))];
  const { refetched, inFlight, unexplained } = ledger.sums(
    await pagesOfItems(control.db, control.deps.sources),
  );
  await node.ready;
  for (const request of collection.requests) {
    const again = await runToEnd(control.deps, request);
    if (again.calls !== 0) loose.push(`a second run of ${again.dataset} made ${again.calls} calls`);
  }
  tally.rows += check.rows;
  tally.values += check.values;
  tally.lost += check.lost;
  tally.wrong += check.wrong;
  tally.doubled += check.extra;
  tally.refetched += refetched;
  tally.inFlight += inFlight;
  for (const text of [...check.examples, ...found, ...loose, ...unexplained])
    tally.violate(`${collection.name}: ${text}`);
  const verdict = check.differences === 0 ? 'equal' : `${check.differences} DIFFER`;
  say(
    `${collection.name}: ${check.rows} rows, ${check.values} values compared, ${verdict}; ${refetched} of ${inFlight} items in flight fetched again`,
  );
}

async function patiently<T>(awaited: Promise<T>, problem: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem()} within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
