import {
  statementOf,
  type Database,
  type RawBuilder,
  type Transaction,
} from '../../packages/server/src/store/connection.ts';

export type NotedStatement = ReturnType<typeof statementOf>;

/** The same database, which tells of each statement as it is sent: its text, and the values bound to it. */
export function noting(db: Database, note: (statement: NotedStatement) => void): Database {
  const noted = <T extends Pick<Database, 'rows' | 'maybe' | 'one'>>(queries: T) => {
    const tell = (query: RawBuilder<unknown>): void => note(statementOf(query));
    return {
      rows: <R>(query: RawBuilder<R>) => (tell(query), queries.rows(query)),
      maybe: <R>(query: RawBuilder<R>) => (tell(query), queries.maybe(query)),
      one: <R>(query: RawBuilder<R>) => (tell(query), queries.one(query)),
    };
  };
  return {
    ...db,
    ...noted(db),
    transaction: (work) =>
      db.transaction((tx: Transaction) => work({ ...tx, ...noted(tx), client: tx.client })),
  };
}
