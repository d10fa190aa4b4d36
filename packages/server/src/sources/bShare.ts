import type { Symbol } from '@tapekeeper/core';

const B_SHARE = /^(?:900\d{3}\.SH|20\d{4}\.SZ)$/;

/** Whether a symbol is a B share (quoted in dollars), which the product leaves out. */
export function isBShare(symbol: Symbol): boolean {
  return B_SHARE.test(symbol);
}
