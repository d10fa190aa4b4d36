import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { Proofs } from '../../packages/server/src/ports/proofs.ts';
import { createProofs } from '../../packages/server/src/proofs/createProofs.ts';

/** Hashes that take a millisecond: nothing in the tests is about how slow they are. */
export const CHEAP_COST = { memory: 64, passes: 1, parallelism: 1 };

const HOUR_MS = 3_600_000;

/** Proofs as the product makes them, with cheap passwords. */
export function testProofs({ secrets, clock }: Pick<AppDeps, 'secrets' | 'clock'>): Proofs {
  return createProofs({
    secrets,
    clock,
    lives: { sessionMs: 12 * HOUR_MS, accessTokenMs: HOUR_MS / 4, refreshTokenMs: 7 * 24 * HOUR_MS },
    passwords: { cost: CHEAP_COST },
  });
}
