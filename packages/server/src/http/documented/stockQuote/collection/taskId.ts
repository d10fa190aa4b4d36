import type { RunId } from '../../../../ports/runStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { stampShanghai } from '../../times.ts';
import { TASK_KINDS } from './collectionJobs.ts';

const ID = /^([A-Za-z_]{1,40})_(\d{8}_\d{6})_([1-9]\d{0,14})$/;

/**
 * The id under which a run is known as a task: kind, time of its making in Shanghai, number of the run. Undefined for
 * runs of other jobs.
 * @example taskIdOf(run) // 'historical_collection_20251027_080000_42'
 */
export function taskIdOf(run: Pick<RunView, 'id' | 'jobKey' | 'createdAt'>): string | undefined {
  const kind = TASK_KINDS.find(({ key }) => key === run.jobKey);
  return kind && `${kind.prefix}_${stampShanghai(run.createdAt)}_${run.id}`;
}

/** The run that a task id may stand for; whether it does is seen by writing the id of that run. */
export function runOfTaskId(text: string): RunId | undefined {
  const number = ID.exec(text)?.[3];
  return number === undefined ? undefined : Number(number);
}
