import type { Instant, Operation, OperationResult, Proof } from '@tapekeeper/core';
import type { OperationFilter, OperationId, OperationPage } from '../ports/operationStore.ts';
import { sql, type Database } from './connection.ts';
import { conditionOf, isNarrow, scopeOf } from './operationScope.ts';

/** Lines that one search looks at; the next page goes on behind them. */
const REACH = 50_000;

const COLUMNS = sql`id, at, action, actor, user_id AS "userId", proof, object_kind AS "objectKind", object_id AS "objectId",
  before, after, result, status, error_code AS "errorCode", duration_ms AS "durationMs", host(ip) AS ip,
  user_agent AS "userAgent", request_id AS "requestId"`;

interface OperationRow extends Omit<Operation, 'object'> {
  readonly objectKind: Operation['object']['kind'];
  readonly objectId: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly at: Instant;
  readonly proof: Proof | 'system';
  readonly result: OperationResult;
}

export async function operations(db: Database, filter: OperationFilter): Promise<OperationPage> {
  const whole = await scopeOf(db, filter);
  const lowest = isNarrow(filter) ? whole.lowest : Math.max(whole.lowest, whole.highest - REACH + 1);
  if (whole.highest < lowest) return { operations: [], next: null };
  const rows = await db.rows<OperationRow>(sql`
    SELECT ${COLUMNS} FROM tapekeeper.operation WHERE ${conditionOf({ ...whole, lowest }, filter)}
    ORDER BY id DESC LIMIT ${filter.limit + 1}`);
  const page = rows.slice(0, filter.limit).map(operationOf);
  if (rows.length > filter.limit) return { operations: page, next: page.at(-1)?.id ?? null };
  return { operations: page, next: lowest > whole.lowest ? lowest : null };
}

export async function operation(db: Database, id: OperationId): Promise<Operation | undefined> {
  const row = await db.maybe<OperationRow>(sql`SELECT ${COLUMNS} FROM tapekeeper.operation WHERE id = ${id}`);
  return row && operationOf(row);
}

/** In any order; numbers without a line are left out. */
export async function operationsById(
  db: Database,
  ids: readonly OperationId[],
): Promise<readonly Operation[]> {
  if (ids.length === 0) return [];
  const rows = await db.rows<OperationRow>(
    sql`SELECT ${COLUMNS} FROM tapekeeper.operation WHERE id = ANY(${[...ids]}::bigint[])`,
  );
  return rows.map(operationOf);
}

function operationOf({ objectKind, objectId, before, after, ...row }: OperationRow): Operation {
  return { ...row, object: { kind: objectKind, id: objectId, before, after } };
}
