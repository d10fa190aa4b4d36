import { jobParamsSchemas } from '@tapekeeper/contract';
import { AppError, type JobDefinition, type JobWork } from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import { readWork, type WorkText } from './readDefinition.ts';

/**
 * The parameters of one run, laid over those of its job and checked with them: the ones that were given,
 * as they are kept, and the work that comes of it. Raises `bad_request`.
 */
export async function readTrigger(
  deps: AppDeps,
  { type, params: own }: JobDefinition,
  given: Readonly<Record<string, unknown>>,
): Promise<{ readonly params: Readonly<Record<string, unknown>>; readonly work: JobWork }> {
  const read = jobParamsSchemas[type].safeParse({ ...own, ...given });
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = ['params', ...(issue?.path ?? [])].map(String).join('.');
    throw new AppError('bad_request', { problem: `body "${place}": ${issue?.message ?? ''}` });
  }
  const work = await readWork(deps, { type, params: read.data } as WorkText);
  const params = Object.fromEntries(
    Object.entries(work.params).filter(([name]) => Object.hasOwn(given, name)),
  );
  return { params, work };
}
