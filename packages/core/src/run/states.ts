import type { StateMachine } from '../state/machine.ts';

export type RunState =
  | 'pending'
  | 'running'
  | 'paused'
  | 'success'
  | 'success_with_errors'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'missed';

/** `running → pending` is the wait before another attempt of the run, with a time. */
export const RUN_MACHINE: StateMachine<RunState> = {
  name: 'run',
  initial: 'pending',
  terminal: ['success', 'success_with_errors', 'failed', 'cancelled', 'skipped', 'missed'],
  next: {
    pending: ['running', 'cancelled', 'skipped', 'missed', 'failed'],
    running: ['success', 'success_with_errors', 'failed', 'cancelled', 'paused', 'pending'],
    paused: ['running', 'cancelled', 'failed'],
    success: [],
    success_with_errors: [],
    failed: [],
    cancelled: [],
    skipped: [],
    missed: [],
  },
};
