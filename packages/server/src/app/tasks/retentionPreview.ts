import type { RetentionFacts } from '../../ports/taskStore.ts';
import type { AppDeps } from '../deps.ts';

/** Rows that are counted before a preview says "at least". */
export const PREVIEW_LIMIT = 100_000;

/** What is older than the settings keep it; nothing is removed. */
export function retentionPreview(deps: Pick<AppDeps, 'store' | 'tasks'>): Promise<RetentionFacts> {
  return deps.store.retentionFacts(deps.tasks.retention, PREVIEW_LIMIT);
}
