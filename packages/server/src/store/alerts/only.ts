import { sql, type RawBuilder } from '../connection.ts';

/**
 * Equality that the planner does not see through: `x ${only(y)} ORDER BY x, id DESC LIMIT n` is then answered by
 * an index that begins with x, and never by walking back over the ids of everybody until enough of y have turned up,
 * which for the rare ones is all of history.
 */
export function only(value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`BETWEEN (${value}) AND (${value})`;
}
