import type { AppDeps } from '../app/deps.ts';
import { loopService, type Service } from '../app/loop.ts';
import { fireDueJobs } from '../app/schedule/fireDueJobs.ts';

export interface SchedulerOptions {
  readonly deps: Pick<AppDeps, 'store' | 'clock' | 'readCron' | 'log'>;
  /** Names the installation directory on this machine. */
  readonly node: string;
  readonly pid: number;
  /** A new name for each start of the scheduler. */
  readonly newBoot: () => string;
  /** No pause is longer, whatever is due when: a machine that slept, or a new job, is noticed by then. Default 1 s. */
  readonly maxSleepMs?: number;
}

export interface Scheduler extends Service {
  /** When the last whole turn ended, by the monotonic clock of the program; undefined before the first. */
  readonly lastTurnAt: number | undefined;
}

const MAX_SLEEP_MS = 1_000;
/** Pause while what is due is in another scheduler's hands. */
const OVERTAKEN_MS = 50;
/** Runs with followers that one transaction looks at. */
const AFTER_A_TURN = 100;

/**
 * The loop of a process that decides about due moments. Any number may run over one database: its locks
 * and keys see to it that each moment is decided about once. Only the database's clock says what is due;
 * the clock of the machine only paces the loop.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { deps, node, pid } = options;
  const maxSleepMs = options.maxSleepMs ?? MAX_SLEEP_MS;
  let boot: string | undefined;
  let lastTurnAt: number | undefined;
  let toldAt: number | undefined;

  const tellTurn = async (): Promise<void> => {
    const at = deps.clock.monotonic();
    if (boot !== undefined && (toldAt === undefined || at - toldAt >= MAX_SLEEP_MS)) {
      await deps.store.schedulerTurned({ boot, node, pid });
      toldAt = at;
    }
    lastTurnAt = at;
  };

  const loop = loopService({
    name: 'scheduler',
    everyMs: maxSleepMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      const report = await fireDueJobs(deps);
      const followed = await deps.store.fireAfter(AFTER_A_TURN);
      await tellTurn();
      if (followed === AFTER_A_TURN || (report.more && report.jobs > 0)) return true;
      if (report.nextInMs === null) return false;
      return report.nextInMs === 0 ? OVERTAKEN_MS : report.nextInMs;
    },
  });

  const start = async (): Promise<void> => {
    if (boot !== undefined) return;
    boot = options.newBoot();
    toldAt = undefined;
    await loop.start();
  };

  const stop = async (): Promise<void> => {
    if (boot === undefined) return;
    const former = boot;
    await loop.stop();
    boot = undefined;
    lastTurnAt = undefined;
    try {
      await deps.store.schedulerStopped(former);
    } catch (error) {
      deps.log.warn({ err: error }, 'could not say that the scheduler has stopped');
    }
  };

  // one after the other, so that a stop never meets a start half-way
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.catch(() => {}).then(work));
  return {
    start: () => inTurn(start),
    stop: () => inTurn(stop),
    get lastTurnAt() {
      return lastTurnAt;
    },
  };
}
