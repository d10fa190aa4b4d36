import { toAppError, type AppError, type DatasetId, type SourceId } from '@tapekeeper/core';
import type { AskContext, Probe, Source } from '../ports/source.ts';

/** What one small call to a source has shown of one data set. */
export interface CheckedDataset {
  readonly source: SourceId;
  readonly dataset: DatasetId;
  /** The source's own name of the interface. */
  readonly api: string;
  /** Undefined where the call failed. */
  readonly probe: Probe | undefined;
  readonly error: AppError | undefined;
}

/** Errors after which further calls to the same source would only say the same. */
const SAYS_ALL: readonly string[] = ['transport', 'timeout', 'bad_token', 'banned'];

/** No budget is counted: these few calls are a person's. */
const unhindered: AskContext['beforeCall'] = async () => {};

/**
 * Makes one small call per data set of a source, and tells each as it comes. Stops after an error that
 * concerns the source as a whole. Throws `interrupted` only.
 */
export async function* checkRights(
  source: Source,
  datasets: readonly DatasetId[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<CheckedDataset> {
  for (const capability of source.capabilities) {
    const dataset = capability.dataset as DatasetId;
    if (datasets !== undefined && !datasets.includes(dataset)) continue;
    const facts = { source: source.id, dataset, api: capability.api };
    try {
      const probe = await source.probe(dataset, { signal, beforeCall: unhindered });
      yield { ...facts, probe, error: undefined };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'interrupted') throw error;
      yield { ...facts, probe: undefined, error };
      if (SAYS_ALL.includes(error.code)) return;
    }
  }
}
