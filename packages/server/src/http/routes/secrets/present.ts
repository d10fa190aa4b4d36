import type { Secret } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { SecretFacts } from '../../../ports/secretStore.ts';

export function presentSecret({ name, last4, updatedAt, updatedBy }: SecretFacts): Secret {
  return { name, last4, updatedAt: isoInstant(updatedAt), updatedBy };
}
