import type { StateMachine } from '../state/machine.ts';

export type ItemState = 'pending' | 'running' | 'done' | 'failed' | 'cancelled';

/** `running → pending` is a retry, or the rescue of an item whose worker died. */
export const ITEM_MACHINE: StateMachine<ItemState> = {
  name: 'item',
  initial: 'pending',
  terminal: ['done', 'failed', 'cancelled'],
  next: {
    pending: ['running', 'cancelled'],
    running: ['done', 'failed', 'cancelled', 'pending'],
    done: [],
    failed: [],
    cancelled: [],
  },
};

/** What a run did for one symbol. */
export type SymbolOutcome =
  | 'ok'
  | 'unchanged'
  | 'absent'
  | 'suspended'
  | 'fell_back'
  | 'quarantined'
  | 'failed';

export const SYMBOL_OUTCOMES: readonly SymbolOutcome[] = [
  'ok',
  'unchanged',
  'absent',
  'suspended',
  'fell_back',
  'quarantined',
  'failed',
];
