import { randomUUID } from 'node:crypto';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { withDatabase } from '../../packages/server/src/store/roles.ts';
import { TEST_DATABASE_PREFIX, type TestServer } from './testServer.ts';

/** A database of one test file, with the newest schema and no rows but the schema's own. */
export interface TestDatabase {
  readonly name: string;
  /** As the runtime role, which has no DDL: what the product may do in production. */
  readonly db: Database;
  readonly url: string;
  readonly ownerUrl: string;
  readonly readerUrl: string;
  /** The superuser in this database, to end connections or look behind the scenes. */
  readonly adminUrl: string;
  /** Closes `db`, ends whatever is still connected, and removes the database. */
  drop(): Promise<void>;
}

const POOL_SIZE = 10;
const STATEMENT_TIMEOUT_MS = 20_000;

/** Clones the template: some tens of milliseconds. */
export async function cloneDatabase(server: TestServer, name: string): Promise<TestDatabase> {
  const database = `${TEST_DATABASE_PREFIX}${name}_${randomUUID().slice(0, 8)}`;
  const { owner, runtime, reader } = urlsOf(server, database);
  await asAdmin(
    server,
    sql`
    CREATE DATABASE ${sql.id(database)} TEMPLATE ${sql.id(server.template)} OWNER ${sql.id(new URL(owner).username)} STRATEGY FILE_COPY`,
  );
  const db = await connect({
    url: runtime,
    max: POOL_SIZE,
    applicationName: 'tests',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  return {
    name: database,
    db,
    url: runtime,
    ownerUrl: owner,
    readerUrl: reader,
    adminUrl: withDatabase(server.superuserUrl, database),
    async drop() {
      await db.close();
      await asAdmin(server, sql`DROP DATABASE ${sql.id(database)} WITH (FORCE)`);
    },
  };
}

/** The same addresses with another database. */
function urlsOf(server: TestServer, database: string): TestServer['urls'] {
  const { owner, runtime, reader } = server.urls;
  return {
    owner: withDatabase(owner, database),
    runtime: withDatabase(runtime, database),
    reader: withDatabase(reader, database),
  };
}

async function asAdmin(server: TestServer, statement: Parameters<Database['rows']>[0]): Promise<void> {
  const admin = await connect({
    url: server.superuserUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  try {
    await admin.rows(statement);
  } finally {
    await admin.close();
  }
}
