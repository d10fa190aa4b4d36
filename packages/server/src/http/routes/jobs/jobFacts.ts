import type { Job, JobDefinitionText } from '@tapekeeper/contract';
import type { JobView } from '../../../ports/jobStore.ts';
import { presentDefinition } from './present.ts';

interface JobFacts {
  readonly key: string;
  readonly state: Job['state'];
  readonly version: number;
  readonly definition: JobDefinitionText;
}

/** What of a job its changes are about, as the audit log keeps it. */
export function jobFacts({ key, state, version, definition }: JobView): JobFacts {
  return { key, state, version, definition: presentDefinition(definition) };
}

/** The same of a job that has been presented already. */
export function shownFacts({ key, state, version, definition }: Job): JobFacts {
  return { key, state, version, definition };
}
