import { toAppError, type AppError } from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';

export interface ReadinessCheck {
  readonly name: 'database' | 'schema' | 'work' | 'scheduler' | 'disk';
  readonly ok: boolean;
  readonly detail: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly ReadinessCheck[];
}

/** Where the schema stands against what this program knows. */
export interface SchemaStatus {
  readonly found: number;
  readonly known: number;
}

export interface ReadinessDeps extends Pick<AppDeps, 'store' | 'clock' | 'freeMegabytes' | 'settings'> {
  /** Raises `schema_newer` or `schema_changed` if this program must not use the database. */
  readonly schemaStatus: () => Promise<SchemaStatus>;
  /** Since the scheduler of this process last turned; null where it has none, or has only just been started. */
  readonly ownTurnMs: () => number | null;
}

const ANSWER_WITHIN_MS = 1_000;

/** Rescue finds a stranded run within seconds; one that waits longer says that no worker moves. */
const STRANDED_MS = 60_000;

/** A scheduler says each second that it turns: one that stands still is told of before five have passed. */
const STALLED_MS = 4_000;

/** Whether this installation can do its work: every check is made, and each says what it saw. */
export async function readiness(deps: ReadinessDeps): Promise<Readiness> {
  const checks = await Promise.all([database(deps), schema(deps), work(deps), scheduler(deps), disk(deps)]);
  return { ready: checks.every((check) => check.ok), checks };
}

function database(deps: ReadinessDeps): Promise<ReadinessCheck> {
  return check(deps, 'database', async () => {
    const startedAt = deps.clock.monotonic();
    await deps.store.ping();
    return { ok: true, detail: `answered within ${Math.ceil(deps.clock.monotonic() - startedAt)} ms` };
  });
}

function schema(deps: ReadinessDeps): Promise<ReadinessCheck> {
  return check(deps, 'schema', async () => {
    const { found, known } = await deps.schemaStatus();
    return { ok: found === known, detail: `schema ${found} of ${known}` };
  });
}

/** Where none was ever started, as beside a single command, nothing is due that anybody waits for. */
function scheduler(deps: ReadinessDeps): Promise<ReadinessCheck> {
  return check(deps, 'scheduler', async () => {
    const ownMs = deps.ownTurnMs();
    if (ownMs !== null && ownMs > STALLED_MS)
      return { ok: false, detail: `the scheduler of this process turned ${(ownMs / 1000).toFixed(1)} s ago` };
    const schedulers = await deps.store.schedulers();
    if (schedulers.length === 0) return { ok: true, detail: 'no scheduler has been started' };
    const silentMs = Math.min(...schedulers.map((one) => one.silentMs));
    const seconds = (silentMs / 1000).toFixed(1);
    return { ok: silentMs <= STALLED_MS, detail: `a scheduler turned ${seconds} s ago` };
  });
}

function work(deps: ReadinessDeps): Promise<ReadinessCheck> {
  return check(deps, 'work', async () => {
    const stranded = (await deps.store.strandedRuns()).filter(({ ms }) => ms > STRANDED_MS);
    if (stranded.length === 0) return { ok: true, detail: 'no run waits without a worker' };
    return {
      ok: false,
      detail: `no worker has moved these runs: ${stranded.map(({ runId }) => runId).join(', ')}`,
    };
  });
}

function disk(deps: ReadinessDeps): Promise<ReadinessCheck> {
  return check(deps, 'disk', async () => {
    const free = await deps.freeMegabytes();
    if (free === undefined) return { ok: true, detail: 'the database is elsewhere, its space is not known' };
    const needed = deps.settings.minFreeMegabytes;
    return { ok: free >= needed, detail: `${free} MB free, ${needed} MB needed` };
  });
}

/** A check that fails or does not answer in time is not ok; it never breaks the others. */
async function check(
  deps: ReadinessDeps,
  name: ReadinessCheck['name'],
  look: () => Promise<Omit<ReadinessCheck, 'name'>>,
): Promise<ReadinessCheck> {
  const waiting = new AbortController();
  const late = deps.clock.sleep(ANSWER_WITHIN_MS, waiting.signal).then(
    () => ({ ok: false, detail: `no answer within ${ANSWER_WITHIN_MS} ms` }),
    () => ({ ok: false, detail: 'interrupted' }),
  );
  try {
    return { name, ...(await Promise.race([look(), late])) };
  } catch (error) {
    return { name, ok: false, detail: describe(toAppError(error)) };
  } finally {
    waiting.abort();
  }
}

/** Errors of ours are written to be read; what else went wrong is for the log. */
function describe(error: AppError): string {
  return error.code === 'internal' ? 'the check itself failed' : error.message;
}
