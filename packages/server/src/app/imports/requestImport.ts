import { DEFAULT_POLICIES, type DatasetId, type ImportParams } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { openFile } from './openFile.ts';
import { readImport } from './readImport.ts';

/** How long the head of a file may take to be read. */
const NEVER = new AbortController().signal;

/**
 * Takes a file in and reads its head, so that who sent it hears at once what it lacks. Gives the parameters of
 * a run that brings its rows in. Raises the errors of imports; then nothing of the file stays.
 */
export async function takeFile(
  deps: Pick<AppDeps, 'store' | 'tasks'>,
  bytes: AsyncIterable<Uint8Array>,
  wish: Omit<ImportParams, 'file'>,
): Promise<ImportParams> {
  const { imports } = deps.tasks;
  const hints = readImport(wish);
  await imports.prune(new Set(await deps.store.filesOfOpenImports()));
  const { file } = await imports.keep(bytes);
  try {
    const { lines } = await openFile(imports, file, hints, NEVER);
    await lines.return(undefined);
    return { ...wish, file };
  } catch (error) {
    await imports.remove(file);
    throw error;
  }
}

/** Begins the run that brings the rows of a file in. */
export async function requestImport(
  deps: Pick<AppDeps, 'store'>,
  wish: ImportParams,
  requestedBy: string,
): Promise<RunId> {
  return deps.store.createRun({
    type: 'import',
    dataset: wish.dataset as DatasetId,
    wish,
    params: null,
    cause: 'person',
    requestedBy,
    parentRunId: null,
    policies: { ...DEFAULT_POLICIES, priority: 'normal' },
  });
}
