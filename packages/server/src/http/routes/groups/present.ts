import type { Group } from '@tapekeeper/contract';
import type { GroupView } from '../../../app/jobs/setGroup.ts';

export function presentGroup({ name, most, openRuns }: GroupView): Group {
  return { name, most, openRuns };
}
