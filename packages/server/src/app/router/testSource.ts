import { AppError, toAppError, type DatasetId, type SourceId } from '@tapekeeper/core';
import type { AskContext, Probe, Source } from '../../ports/source.ts';
import { callGate } from '../callGate.ts';
import type { AppDeps } from '../deps.ts';
import { withConnection } from '../withConnection.ts';

/** The longest that a test of a source may take. */
const TEST_MS = 10_000;

/** What one small call to a source has shown. */
export interface SourceTest {
  readonly source: SourceId;
  readonly ok: boolean;
  readonly dataset: DatasetId;
  readonly api: string;
  /** Milliseconds that the answer took; null where none came. */
  readonly ms: number | null;
  readonly error: AppError | null;
}

/** Data sets that are worth a test, the cheapest first. */
const PROBED: readonly DatasetId[] = ['trade_calendar', 'daily_bars', 'stock_basics'];

/**
 * One small call to a source, within ten seconds and within its budget. An open breaker is an answer
 * too: nobody is asked while it is open.
 */
export async function testSource(deps: AppDeps, source: SourceId): Promise<SourceTest> {
  const asked = deps.sources.get(source);
  const capability =
    PROBED.map((dataset) => asked?.capabilities.find((one) => one.dataset === dataset)).find(
      (one) => one !== undefined,
    ) ?? asked?.capabilities[0];
  if (asked === undefined || capability === undefined) throw new RangeError(`no source ${source}`);
  const dataset = capability.dataset as DatasetId;
  const facts = { source, dataset, api: capability.api };
  const end = new AbortController();
  const over = new AbortController();
  const watch = deps.clock.sleep(TEST_MS, over.signal).then(
    () => end.abort(),
    () => {},
  );
  try {
    const context = { signal: end.signal, beforeCall: callGate(deps, end.signal) };
    const probe = asked.singleConnection
      ? await probeAlone(deps, asked, dataset, context)
      : await asked.probe(dataset, context);
    return { ...facts, api: probe.api, ok: true, ms: probe.ms, error: null };
  } catch (thrown) {
    return {
      ...facts,
      ok: false,
      ms: null,
      error: timedOut(thrown, end.signal, asked.hosts[0] ?? source, source),
    };
  } finally {
    over.abort();
    await watch;
  }
}

/** A second connection beside a worker's would be one too many, and may shut out both. */
async function probeAlone(
  deps: AppDeps,
  source: Source,
  dataset: DatasetId,
  context: AskContext,
): Promise<Probe> {
  return withConnection(
    deps,
    source,
    async (held) => {
      if (held === 'busy') throw new AppError('connection_in_use', { source: source.id });
      return source.probe(dataset, context);
    },
    { node: 'source test', tries: 1 },
  );
}

function timedOut(thrown: unknown, signal: AbortSignal, host: string, source: SourceId): AppError {
  const error = toAppError(thrown);
  return signal.aborted && error.code === 'interrupted' ? tooSlow(host, source) : error;
}

function tooSlow(host: string, source: SourceId): AppError {
  return new AppError('timeout', { source, host, phase: 'total', seconds: TEST_MS / 1000 });
}
