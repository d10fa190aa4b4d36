import type { StateMachine } from '../state/machine.ts';

export type JobState = 'enabled' | 'paused' | 'disabled';

/** A job has no terminal state: what its last run did is not a state of the job. */
export const JOB_MACHINE: StateMachine<JobState> = {
  name: 'job',
  initial: 'disabled',
  terminal: [],
  next: {
    enabled: ['paused', 'disabled'],
    paused: ['enabled', 'disabled'],
    disabled: ['enabled'],
  },
};
