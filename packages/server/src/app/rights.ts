import type { SourceId } from '@tapekeeper/core';
import type { SourceRight } from '../ports/sourceStore.ts';

/** A right is assumed until a source has refused it; `init` and a granted call take a refusal back. */
export function hasRight(rights: readonly SourceRight[], source: SourceId, api: string): boolean {
  return !rights.some((right) => right.source === source && right.api === api && !right.allowed);
}
