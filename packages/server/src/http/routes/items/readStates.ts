import { AppError, ITEM_MACHINE, type ItemState } from '@tapekeeper/core';

/** States as people list them, `failed,running`. Raises `bad_request`. */
export function readItemStates(text: string): readonly ItemState[] {
  const known = Object.keys(ITEM_MACHINE.next) as ItemState[];
  return text.split(',').map((word) => {
    const state = known.find((one) => one === word.trim());
    if (state !== undefined) return state;
    throw new AppError('bad_request', { problem: `query "state": "${word}" is none of ${known.join(', ')}` });
  });
}
