import type { Exposition, MetricsBook } from '../../ports/metrics.ts';
import type { InstallationFacts } from '../../ports/metricsStore.ts';
import type { AppDeps } from '../deps.ts';
import { gaugesOf } from './gauges.ts';

/** However often somebody looks, the database is asked once in so long. */
const KEPT_MS = 5_000;
/** A scraper gives up after ten seconds; it is told what is known by then. */
const ANSWER_WITHIN_MS = 2_000;

type Needed = Pick<AppDeps, 'store' | 'clock' | 'freeMegabytes' | 'log'>;

/** Reads all numbers for whoever scrapes them; answers also while the database does not. */
export function metricsReader(
  deps: Needed,
  book: MetricsBook,
  about: { readonly version: string; readonly mode: string },
): () => Promise<Exposition> {
  let kept: { readonly at: number; readonly facts: InstallationFacts } | undefined;
  let asking: Promise<InstallationFacts | null> | undefined;
  const ask = async (): Promise<InstallationFacts | null> => {
    try {
      const facts = await deps.store.installationFacts();
      kept = { at: deps.clock.monotonic(), facts };
      return facts;
    } catch (error) {
      deps.log.warn({ err: error }, 'the numbers of the database could not be read');
      return null;
    } finally {
      asking = undefined;
    }
  };
  const facts = async (): Promise<InstallationFacts | null> => {
    if (kept !== undefined && deps.clock.monotonic() - kept.at < KEPT_MS) return kept.facts;
    return withinTime(deps, (asking ??= ask()));
  };
  return async () => {
    const [known, free] = await Promise.all([facts(), deps.freeMegabytes().catch(() => undefined)]);
    return book.expose(gaugesOf({ ...about, facts: known, freeMegabytes: free ?? null }));
  };
}

async function withinTime<T>({ clock }: Pick<AppDeps, 'clock'>, work: Promise<T>): Promise<T | null> {
  const waiting = new AbortController();
  const late = clock.sleep(ANSWER_WITHIN_MS, waiting.signal).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
  }
}
