import { AppError, DATASET_IDS, isDatasetId, type DatasetId } from '@tapekeeper/core';
import { nearest } from '@tapekeeper/server/nearest';
import type { Context } from './context.ts';

/** The data set of a name. Throws `unknown_dataset` with the one that was most likely meant. */
export function requireDataset({ say }: Pick<Context, 'say'>, name: string): DatasetId {
  if (isDatasetId(name)) return name;
  const near = nearest(name, DATASET_IDS);
  const hint = near === undefined ? '' : say('usage.didYouMean', { near });
  throw new AppError('unknown_dataset', { dataset: name, known: DATASET_IDS.join(', '), hint });
}
