import type { Instant } from '@tapekeeper/core';
import type { OperationFilter, OperationId } from '../ports/operationStore.ts';
import { sql, type Queries, type RawBuilder } from './connection.ts';

/** The lines that a question is about, by number: from `lowest` to `highest`, both of them included. */
export interface Scope {
  readonly lowest: OperationId;
  readonly highest: OperationId;
}

/** Numbers grow with time but for clocks that were set back, and for lines that were begun at once. */
const SLACK_MS = 3_600_000;

/**
 * The numbers between which the lines of a stretch of time lie, and a little more: the log is kept for ever, so
 * that nothing may be looked for in all of it.
 */
export async function scopeOf(
  db: Queries,
  { from, until, before }: Pick<OperationFilter, 'from' | 'until' | 'before'>,
): Promise<Scope> {
  const { newest, first, end } = await db.one<{
    newest: OperationId;
    first: OperationId | null;
    end: OperationId | null;
  }>(sql`
    SELECT coalesce((SELECT id FROM tapekeeper.operation ORDER BY id DESC LIMIT 1), 0) AS newest,
      ${firstSince(from === null ? null : from - SLACK_MS)} AS first,
      ${firstSince(until === null ? null : until + SLACK_MS)} AS end`);
  return {
    lowest: from === null ? 1 : (first ?? newest + 1),
    highest: Math.min(newest, (end ?? Infinity) - 1, (before ?? Infinity) - 1),
  };
}

function firstSince(at: Instant | null): RawBuilder<unknown> {
  if (at === null) return sql`NULL::bigint`;
  return sql`(SELECT id FROM tapekeeper.operation WHERE at >= ${instant(at)} ORDER BY at, id LIMIT 1)`;
}

type Conditions = Omit<OperationFilter, 'before' | 'limit'>;

/** What a line has to be, as a condition. */
export function conditionOf(scope: Scope, filter: Conditions): RawBuilder<unknown> {
  const { actor, actions, objectKind, objectId, results, text, from, until } = filter;
  const parts = [sql`id BETWEEN ${scope.lowest} AND ${scope.highest}`];
  if (from !== null) parts.push(sql`at >= ${instant(from)}`);
  if (until !== null) parts.push(sql`at < ${instant(until)}`);
  if (actor !== null) parts.push(sql`actor = ${actor}`);
  if (actions !== null) parts.push(oneOf('action', actions));
  if (objectKind !== null) parts.push(sql`object_kind = ${objectKind}`);
  if (objectId !== null) parts.push(sql`object_id = ${objectId}`);
  if (results !== null) parts.push(oneOf('result', results));
  if (text !== null)
    parts.push(sql`concat_ws(' ', actor, action, object_kind, object_id, error_code) ILIKE ${likeOf(text)}`);
  return sql.join(parts, sql` AND `);
}

/** An index that is in the order of the numbers serves one value, and not several. */
function oneOf(column: 'action' | 'result', values: readonly string[]): RawBuilder<unknown> {
  return values.length === 1
    ? sql`${sql.ref(column)} = ${values[0]}`
    : sql`${sql.ref(column)} = ANY (${[...values]}::text[])`;
}

/** Whether one index finds the lines in their order, so that none is looked at in vain. */
export function isNarrow({ actor, actions, objectKind, objectId, results, text }: Conditions): boolean {
  if (text !== null) return false;
  const byObject = objectKind === null ? (objectId === null ? 0 : 2) : objectId === null ? 2 : 1;
  const byAction = actions === null ? 0 : actions.length === 1 ? 1 : 2;
  const byResult = results === null ? 0 : results.length === 1 && results[0] !== 'ok' ? 1 : 2;
  return (actor === null ? 0 : 1) + byObject + byAction + byResult <= 1;
}

function instant(at: Instant): RawBuilder<unknown> {
  return sql`to_timestamp(${at}::float8 / 1000)`;
}

function likeOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
