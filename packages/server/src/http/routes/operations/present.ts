import type { OperationLine } from '@tapekeeper/contract';
import { isoInstant, type Operation } from '@tapekeeper/core';

export function presentOperation({ at, object, ...operation }: Operation): OperationLine {
  const { kind, id, before, after } = object;
  return {
    ...operation,
    at: isoInstant(at),
    object: { kind, id, before: before ?? null, after: after ?? null },
  };
}
