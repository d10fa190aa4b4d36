import type { AutomaticAction, OperationObject } from '@tapekeeper/core';
import type { BegunOperation, FinishedOperation, OperationId } from '../ports/operationStore.ts';
import { sql, type Queries } from './connection.ts';

/** The line of a request that is about to be worked on. */
export async function beginOperation(db: Queries, operation: BegunOperation): Promise<OperationId> {
  const { action, actor, userId, proof, ip, userAgent, requestId } = operation;
  const { id } = await db.one<{ id: OperationId }>(sql`
    INSERT INTO tapekeeper.operation (action, actor, user_id, proof, ip, user_agent, request_id)
    VALUES (${action}, ${actor}, ${userId}, ${proof}, ${ip}::inet, ${userAgent}, ${requestId}::uuid)
    RETURNING id`);
  return id;
}

/** Its end. The database refuses to complete a line twice. */
export async function finishOperation(db: Queries, id: OperationId, end: FinishedOperation): Promise<void> {
  await db.rows(sql`
    UPDATE tapekeeper.operation
    SET object_kind = ${end.kind}, object_id = ${end.id}, before = ${asJson(end.before)}::jsonb,
      after = ${asJson(end.after)}::jsonb, result = ${end.result}, status = ${end.status},
      error_code = ${end.errorCode}, duration_ms = ${end.durationMs}
    WHERE id = ${id}`);
}

/** A decision that the program takes by itself, in the transaction that carries it out. */
export async function recordDecision(
  tx: Queries,
  action: AutomaticAction,
  object: OperationObject,
  errorCode: string | null = null,
): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.operation (action, actor, proof, object_kind, object_id, before, after, result, error_code)
    VALUES (${action}, 'system', 'system', ${object.kind}, ${object.id}, ${asJson(object.before)}::jsonb,
      ${asJson(object.after)}::jsonb, 'ok', ${errorCode})`);
}

function asJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
