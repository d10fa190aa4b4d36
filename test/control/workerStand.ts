import { randomUUID } from 'node:crypto';
import type { SourceId } from '@tapekeeper/core';
import type { AppSettings } from '../../packages/server/src/app/deps.ts';
import type { Service } from '../../packages/server/src/app/loop.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createGraphileEngine } from '../../packages/server/src/engine/graphileEngine.ts';
import type { Answer, AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import type { WorkerId } from '../../packages/server/src/ports/runStore.ts';
import { openQueuePool } from '../../packages/server/src/store/queuePool.ts';
import { createWorker } from '../../packages/server/src/worker/worker.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { createHandSource, type HandSource, type HandSourceOptions } from '../support/handSource.ts';
import { quietLog } from '../support/quietLog.ts';
import type { TestDatabase } from '../support/testDatabase.ts';

/** A source that hears that it is to stop, as every client of an upstream does. */
export interface HearingSource extends HandSource {
  /** What it does with a question, told when it is to stop. */
  hear: (question: Question, context: AskContext) => Promise<Answer>;
}

export function createHearingSource(options: HandSourceOptions): HearingSource {
  const source = createHandSource(options);
  const hearing: HearingSource = {
    ...source,
    hear: async (question) => source.answer(question),
    async ask(question, context) {
      await context.beforeCall(source.hosts[0] ?? '', question.dataset);
      source.asked.push(question);
      return hearing.hear(question, context);
    },
  };
  return hearing;
}

export interface WorkerOptions {
  readonly sources: readonly Source[];
  readonly concurrency?: number;
  readonly stopGraceMs?: number;
  readonly engineGraceMs?: number;
  readonly settings?: Partial<AppSettings>;
  readonly node?: string;
}

/** A whole worker in this process, as a server runs it: engine, loops and all, on a true clock. */
export interface RunningWorker {
  readonly stand: AppStand;
  readonly service: Service;
}

export async function startWorker(database: TestDatabase, options: WorkerOptions): Promise<RunningWorker> {
  const stand = await createAppStand(database.db, {
    sources: options.sources,
    ...(options.settings && { settings: options.settings }),
  });
  const sources = new Map<SourceId, Source>(options.sources.map((source) => [source.id, source]));
  const deps = { ...stand.deps, sources, clock: systemClock };
  const engine = createGraphileEngine({
    openPool: (most) => openQueuePool(database.url, most),
    concurrency: options.concurrency ?? 3,
    pollMs: 200,
    clock: systemClock,
    log: quietLog,
    ...(options.engineGraceMs !== undefined && { graceMs: options.engineGraceMs }),
  });
  const service = createWorker({
    deps,
    engine,
    startHeart: ({ workerId, everyMs }) => beatFrom(workerId, everyMs, stand),
    node: options.node ?? 'control',
    pid: process.pid,
    newBoot: randomUUID,
    heartbeatMs: 1000,
    silentMs: 15_000,
    stallMs: 120_000,
    rescueEveryMs: 200,
    ...(options.stopGraceMs !== undefined && { stopGraceMs: options.stopGraceMs }),
  });
  await service.start();
  return { stand, service };
}

/** Beats from this thread, which no test keeps busy. */
function beatFrom(workerId: WorkerId, everyMs: number, stand: AppStand): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await stand.deps.store.beat(workerId).catch(() => {});
      await systemClock.sleep(everyMs, stopping.signal).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await beating;
    },
  };
}
