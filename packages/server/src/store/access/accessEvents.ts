import type { UserId } from '../../ports/accessStore.ts';
import type { Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';

/**
 * Says in the transaction that revokes it that a credential (`session:12`, `token:4`, `family:<uuid>`) is no longer
 * good, or that everything of a user has to be proved anew (null). Open connections are closed by it.
 */
export async function emitAccess(tx: Transaction, userId: UserId, credential: string | null): Promise<void> {
  await emitEvent(tx, 'access', { userId, credential });
}
