import { RUN_MACHINE, isAppError } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type World } from '@tapekeeper/replay';
import { requestSync } from '../../../packages/server/src/app/requestSync.ts';
import { systemClock } from '../../../packages/server/src/clock.ts';
import type { Installation } from '../../../packages/server/src/main.ts';
import type { RunView } from '../../../packages/server/src/ports/viewStore.ts';
import { connect, sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { Comparison } from '../../../scripts/verify/comparison.ts';
import { compareSymbol } from '../../../scripts/verify/compareSymbol.ts';
import { disagreements, looseEnds } from '../agreement.ts';
import { realCollections, sampleCollections, type Collection } from '../collection.ts';
import { openControl } from '../stand.ts';
import { WorkerNode, type NodeWatch } from '../workerNode.ts';
import type { OwnServer } from './ownServer.ts';
import { startSwitchProxy, type SwitchProxy } from './switchProxy.ts';

/** A worker that collects the bundled sample into a database behind a switch, and somebody who looks on. */
export interface FaultStand {
  readonly proxy: SwitchProxy;
  readonly node: WorkerNode;
  readonly collection: Collection;
  /** Past the switch, straight to whichever server it is turned to. */
  look<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** Asks for the collection; returns the run's number. */
  begin(): Promise<number>;
  /** Items that the run is done with. */
  itemsDone(run: number): Promise<number>;
  itemsTotal(run: number): Promise<number>;
  ended(run: number): Promise<RunView>;
  /** What is not as it must be when all is over: rows against the files, ledger, coverage, open work. */
  faults(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const UNWATCHED: NodeWatch = { database: () => 'pass', answer: () => 'pass' };
const LOOK_EVERY_MS = 50;

export async function openFaultStand(
  server: OwnServer,
  options: {
    readonly serverNow: () => OwnServer;
    /** The bundled sample where none is given. */
    readonly world?: World;
    readonly symbols?: number;
  },
): Promise<FaultStand> {
  const world = options.world ?? (await openWorld(sampleFolder()));
  const replay = await startReplay({ world });
  const proxy = await startSwitchProxy(server.port);
  const url = new URL(await server.createDatabase('faults'));
  url.port = String(proxy.port);
  const control: Installation = await openControl({ world, replay }, url.href);
  const collection = firstSymbols(
    (await (options.world ? realCollections(world) : sampleCollections(world)))[0] as Collection,
    options.symbols,
  );
  let crash: string | undefined;
  const node = await WorkerNode.make({
    databaseUrl: url.href,
    replay,
    marketDay: world.lastDay,
    watch: UNWATCHED,
    onCrash: (report) => (crash = report),
  });
  const look = async <T>(work: (db: Database) => Promise<T>): Promise<T> => {
    // nobody starts it again here: who waited for it would wait for ever
    if (crash !== undefined) throw new Error(crash);
    const straight = new URL(url.href);
    straight.port = String(options.serverNow().port);
    const db = await connect({
      url: straight.href,
      max: 1,
      applicationName: 'onlooker',
      statementTimeoutMs: 0,
    });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };
  const count = (run: number, what: ReturnType<typeof sql>): Promise<number> =>
    look(async (db) => {
      const { items } = await db.one<{ items: number }>(
        sql`SELECT coalesce(${what}, 0)::int AS items FROM tapekeeper.shard WHERE run_id = ${run}`,
      );
      return items;
    });
  return {
    proxy,
    node,
    collection,
    look,
    begin: () => requestSync(control.deps, collection.requests[0]!),
    itemsDone: (run) => count(run, sql`sum(items_done)`),
    itemsTotal: (run) => count(run, sql`sum(items_total)`),
    async ended(run) {
      for (;;) {
        if (crash !== undefined) throw new Error(crash);
        const view = await patiently(() => control.deps.store.run(run));
        if (view !== undefined && RUN_MACHINE.terminal.includes(view.state)) return view;
        await systemClock.sleep(LOOK_EVERY_MS);
      }
    },
    async faults() {
      const check = new Comparison(collection.name);
      return look(async (db) => {
        for (const symbol of collection.symbols) await compareSymbol(check, db, collection.truthOf(symbol));
        return [
          ...check.examples,
          ...(await disagreements(db, collection.symbols)),
          ...(await looseEnds(db, collection.symbols)),
        ];
      });
    },
    async close() {
      // sessions that are dead would keep the worker waiting for their time limits
      proxy.cut();
      await node.close();
      await control.close();
      await proxy.close();
      await replay.stop();
    },
  };
}

/** The onlooker's own pool loses its sessions too; it asks again. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAppError(error, 'database_unreachable')) throw error;
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  }
}

function firstSymbols(collection: Collection, count = collection.symbols.length): Collection {
  const symbols = collection.symbols.slice(0, count);
  const requests = collection.requests.map((request) => ({ ...request, symbols }));
  return { ...collection, requests, symbols };
}
