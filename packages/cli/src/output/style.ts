import { styleText } from 'node:util';
import type { Cell } from '@tapekeeper/contract';
import type { RunState } from '@tapekeeper/core';

// Node leaves the colours out where standard output is no terminal, or NO_COLOR is set.

export const bold = (text: string): string => styleText('bold', text);
export const good = (text: string): string => styleText('green', text);
export const warning = (text: string): string => styleText('yellow', text);
export const bad = (text: string): string => styleText('red', text);

/** The state of a run in its colour. */
export function stateText(state: RunState): string {
  switch (state) {
    case 'success':
      return good(state);
    case 'failed':
      return bad(state);
    case 'success_with_errors':
    case 'cancelled':
    case 'missed':
    case 'skipped':
      return warning(state);
    case 'pending':
    case 'running':
    case 'paused':
      return state;
  }
}

/** The status of a cell in its colour: what needs nobody, what one should know of, what is wrong. */
export function cellStatusText(status: Cell['status']): string {
  switch (status) {
    case 'covered':
      return good(status);
    case 'missing':
    case 'failed':
    case 'quarantined':
      return bad(status);
    case 'absent':
    case 'provisional':
    case 'assumed':
      return warning(status);
    case 'suspended':
    case 'accepted':
    case 'closed':
    case 'not_listed':
    case 'delisted':
    case 'future':
      return bold(status);
  }
}
