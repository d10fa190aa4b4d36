import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Database, RawBuilder, Transaction } from '../../packages/server/src/store/connection.ts';

export interface NotedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The same database, which tells of each statement as it is sent: its text, and the values bound to it. */
export function noting(db: Database, note: (statement: NotedStatement) => void): Database {
  const noted = <T extends Pick<Database, 'rows' | 'maybe' | 'one'>>(queries: T) => {
    const tell = (query: RawBuilder<unknown>): void => {
      const { sql: text, parameters } = query.compile(compiler);
      note({ text, values: parameters });
    };
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
