import { errorText, type ErrorCode, type ErrorDetails, type JobWork, type SourceId } from '@tapekeeper/core';
import type { JobView } from '../../ports/jobStore.ts';
import type { SourceRight } from '../../ports/sourceStore.ts';
import type { AppDeps } from '../deps.ts';
import { readDataset } from '../requestSync.ts';
import { priorityOf, readSource } from '../router/priorities.ts';
import { neighbourWarnings, type NeighbourWarning } from './neighbours.ts';

/** What will keep the runs of a job from what they are for, as things are. */
export interface JobWarning {
  readonly code: ErrorCode | NeighbourWarning['code'];
  readonly text: { readonly en: string; readonly zh: string };
}

/**
 * What to know about a job as it stands: what its sources lack for it, and what becomes of it and of jobs
 * that need each other when one of them is not at work.
 */
export async function warningsOf(deps: AppDeps, job: JobView): Promise<readonly JobWarning[]> {
  return [...(await sourceWarnings(deps, job.definition)), ...(await neighbourWarnings(deps, job))];
}

/**
 * Rights that the sources of a job have refused to this account, and a data set that none of them in use
 * has. A job may be kept and enabled nevertheless: rights are bought, tokens are put in later.
 */
async function sourceWarnings(deps: AppDeps, { type, params }: JobWork): Promise<readonly JobWarning[]> {
  if (type !== 'sync' && type !== 'repair' && type !== 'reconcile') return [];
  const dataset = readDataset(params.dataset);
  const wished = params.sources?.map((source) => readSource(deps, source));
  const inUse = (wished ?? (await priorityOf(deps, dataset))).filter((source) =>
    deps.settings.sourcePriority.includes(source),
  );
  const rights = await deps.store.rights();
  const apis = inUse.flatMap((source) => apisOf(deps, source, dataset).map((api) => ({ source, api })));
  const refused = rights.filter(
    (right) => !right.allowed && apis.some(({ source, api }) => source === right.source && api === right.api),
  );
  const nobody = apis.length === 0 ? [warning('source_lacks_dataset', lackOf(dataset, wished))] : [];
  return [...nobody, ...refused.map(refusal)];
}

function apisOf({ sources }: AppDeps, source: SourceId, dataset: string): readonly string[] {
  const capabilities = sources.get(source)?.capabilities.filter((one) => one.dataset === dataset) ?? [];
  return [...new Set(capabilities.map(({ api }) => api))];
}

function lackOf(dataset: string, wished: readonly SourceId[] | undefined): ErrorDetails {
  return { dataset, detail: wished === undefined ? '' : ` (${wished.join(', ')})` };
}

function refusal({ source, api, detail }: SourceRight): JobWarning {
  return warning('permission_denied', { source, api, message: detail ?? '' });
}

function warning(code: ErrorCode, details: ErrorDetails): JobWarning {
  return { code, text: { en: errorText(code, details).trim(), zh: errorText(code, details, 'zh').trim() } };
}
