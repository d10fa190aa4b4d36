import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createEvaluator } from '../app/alerts/evaluator.ts';
import { callsInFlight } from '../app/callsInFlight.ts';
import type { AppDeps } from '../app/deps.ts';
import { createEventPublisher } from '../app/eventPublisher.ts';
import type { Service } from '../app/loop.ts';
import { createDeadman } from '../app/notify/deadman.ts';
import { createDelivery } from '../app/notify/deliverNotices.ts';
import { ROLES, type RoleService } from '../app/roles.ts';
import { secretForms } from '../app/secrets/secretForms.ts';
import { createFolding } from '../app/statistics/folding.ts';
import { withLeftoverWatch } from '../app/tasks/leftoverWatch.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createGraphileEngine } from '../engine/graphileEngine.ts';
import type { SafeDoor } from '../notify/safeDoor.ts';
import { scopeEngine } from '../observe/scopeEngine.ts';
import type { Log } from '../ports/log.ts';
import { createScheduler, type Scheduler } from '../scheduler/scheduler.ts';
import { withTimeouts } from '../store/connection.ts';
import { openQueuePool } from '../store/queuePool.ts';
import { heartsOver } from '../store/heart.ts';
import type { RoleUrls } from '../store/roles.ts';
import { createWorker } from '../worker/worker.ts';
import { STATEMENT_TIMEOUT_MS } from './openDatabase.ts';

/** What runs for as long as a process does; none of it is started. */
export interface Services {
  readonly worker: Service;
  /** What numbers events for the readers of their log. */
  readonly publisher: Service;
  readonly scheduler: Scheduler;
  /** All of them, by the roles of processes, in the order in which they are to start. */
  readonly all: readonly RoleService[];
}

interface ServiceParts {
  readonly config: Config;
  readonly deps: AppDeps;
  readonly urls: RoleUrls;
  readonly door: SafeDoor;
  readonly log: Log;
}

export function createServices({ config, deps, urls, door, log }: ServiceParts): Services {
  const queueUrl = withTimeouts(urls.runtime, STATEMENT_TIMEOUT_MS);
  const bareEngine = createGraphileEngine({
    openPool: (most) => openQueuePool(queueUrl, most),
    concurrency: config.concurrency,
    pollMs: 1000,
    clock: systemClock,
    log,
  });
  const engine = scopeEngine(bareEngine, log);
  const node = `${hostname()}:${config.dataDir}`;
  const working = createWorker({
    deps,
    engine,
    startHeart: heartsOver(urls.runtime, systemClock, () => ({
      slots: config.concurrency,
      calls: callsInFlight(deps).all(),
    })),
    node,
    pid: process.pid,
    newBoot: randomUUID,
    heartbeatMs: config.heartbeatMs,
    silentMs: config.silentMs,
    stallMs: 120_000,
    rescueEveryMs: config.rescueMs,
    stopGraceMs: config.stopGraceMs,
  });
  const worker = withLeftoverWatch(working, deps, config.rescueMs);
  const publisher = createEventPublisher(deps);
  const folding = createFolding(deps);
  const scheduler = createScheduler({ deps, node, pid: process.pid, newBoot: randomUUID });
  const evaluator = createEvaluator({ deps });
  const delivery = createDelivery({ deps });
  const deadman = deadmanOf(config, deps, door, scheduler);
  // a service of its own: built above, a line here
  const all: readonly RoleService[] = [
    { name: 'publisher', roles: ROLES, service: publisher },
    { name: 'worker', roles: ['worker'], service: worker },
    { name: 'scheduler', roles: ['scheduler'], service: scheduler },
    { name: 'statistics', roles: ['scheduler', 'worker'], service: folding },
    { name: 'alerts', roles: ['scheduler'], service: evaluator },
    { name: 'delivery', roles: ['scheduler', 'worker'], service: delivery },
    { name: 'deadman', roles: ['scheduler'], service: deadman },
  ];
  return { worker, publisher, scheduler, all };
}

/** Without an address there is nobody to tell. Its address is as good as a password. */
function deadmanOf(config: Config, deps: AppDeps, door: SafeDoor, scheduler: Scheduler): Service {
  const { deadmanUrl: url } = config;
  if (url === null) return { start: async () => {}, stop: async () => {} };
  for (const form of secretForms(url)) deps.log.hide?.(form);
  door.check(url);
  return createDeadman({
    deps,
    lastTurnAt: () => scheduler.lastTurnAt,
    ping: async (signal) => {
      const { status } = await door.call({ channel: 'dead man switch', url, method: 'GET', signal });
      if (status >= 300) deps.log.warn({ status }, 'whoever watches over this installation does not take it');
    },
  });
}
