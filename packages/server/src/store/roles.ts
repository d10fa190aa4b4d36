import { createHmac } from 'node:crypto';
import { AppError } from '@tapekeeper/core';
import { connect, sql, type Database, type Queries, type Transaction } from './connection.ts';
import { scramMatches, scramVerifier } from './scramVerifier.ts';

/** Who may do what: the owner changes schemas, the runtime rows, the reader nothing. */
export const ROLES = {
  owner: 'tapekeeper_owner',
  runtime: 'tapekeeper',
  reader: 'tapekeeper_reader',
} as const;

export const DATABASE = 'tapekeeper';

/** Schemas that a reader may see. */
const READABLE_SCHEMAS = ['tapekeeper', 'market'] as const;

/** Key of the advisory lock under which roles are changed; the first half is that of all our locks. */
const LOCK_SPACE = 7206;
const ROLES_LOCK = 3;

/** Of the server's 60 connections, so that people's notebooks cannot take all. */
const READER_CONNECTIONS = 20;

export interface RolePasswords {
  readonly owner: string;
  readonly runtime: string;
  readonly reader: string;
}

/** Addresses of one database for each role. */
export interface RoleUrls {
  readonly owner: string;
  readonly runtime: string;
  /** Missing where the given role may not make others. */
  readonly reader?: string;
}

/**
 * Makes the three roles and the database of an embedded server, or brings them up to date, and returns
 * their addresses. The runtime role gets rows of whatever the owner makes later, and no DDL; functions
 * of the owner, some of which act with its rights, are closed to everybody but the runtime.
 */
export async function ensureRoles(
  superuserUrl: string,
  passwords: RolePasswords,
  database: string = DATABASE,
): Promise<Required<RoleUrls>> {
  const admin = await openAsAdmin(superuserUrl);
  try {
    for (const kind of ['owner', 'runtime', 'reader'] as const)
      await ensureRole(admin, ROLES[kind], passwords[kind]);
    await limitReader(admin, ROLES.reader);
    // the queue's tables have row security without policies, which shuts out all but their owner
    await admin.rows(sql`ALTER ROLE ${sql.id(ROLES.runtime)} BYPASSRLS`);
    // restoring a backup loads tables in any order, which triggers and foreign keys would refuse
    await admin.rows(sql`GRANT SET ON PARAMETER session_replication_role TO ${sql.id(ROLES.owner)}`);
    await ensureDatabase(admin, database);
  } finally {
    await admin.close();
  }
  const inside = await openAsAdmin(withDatabase(superuserUrl, database));
  try {
    await inside.transaction(async (tx) => {
      for (const schema of READABLE_SCHEMAS) {
        await tx.rows(
          sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(schema)} AUTHORIZATION ${sql.id(ROLES.owner)}`,
        );
        await tx.rows(sql`GRANT USAGE ON SCHEMA ${sql.id(schema)} TO ${sql.id(ROLES.runtime)}`);
      }
      const owner = sql`ALTER DEFAULT PRIVILEGES FOR ROLE ${sql.id(ROLES.owner)}`;
      const runtime = sql.id(ROLES.runtime);
      await tx.rows(sql`${owner} GRANT USAGE ON SCHEMAS TO ${runtime}`);
      await tx.rows(sql`${owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${runtime}`);
      await tx.rows(sql`${owner} GRANT SELECT, USAGE ON SEQUENCES TO ${runtime}`);
      await tx.rows(sql`${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`);
      await tx.rows(sql`${owner} GRANT EXECUTE ON FUNCTIONS TO ${runtime}`);
    });
  } finally {
    await inside.close();
  }
  const url = (kind: keyof RolePasswords) =>
    withUser(withDatabase(superuserUrl, database), ROLES[kind], passwords[kind]);
  return { owner: url('owner'), runtime: url('runtime'), reader: url('reader') };
}

/**
 * Addresses for a server that somebody else runs: the given role does everything. Where it may make
 * roles, a reader of this database is made too; its password is derived from the given one, so that
 * every machine that uses the database knows it and none has to keep it.
 */
export async function externalRoles(url: string): Promise<RoleUrls> {
  const password = passwordOf(url);
  if (password === undefined) return { owner: url, runtime: url };
  const db = await openAsAdmin(url);
  try {
    const { database, mayMakeRoles } = await db.one(sql<{ database: string; mayMakeRoles: boolean }>`
      SELECT current_database() AS database, rolcreaterole OR rolsuper AS "mayMakeRoles"
      FROM pg_roles WHERE rolname = current_user`);
    if (!mayMakeRoles) return { owner: url, runtime: url };
    const reader = readerOf(database);
    const readerUrl = withUser(url, reader, derivedPassword(password, reader));
    if (!(await opens(readerUrl))) {
      await db.transaction(async (tx) => {
        await lockRoles(tx);
        await ensureRole(tx, reader, derivedPassword(password, reader));
        await limitReader(tx, reader);
        await tx.rows(sql`GRANT CONNECT ON DATABASE ${sql.id(database)} TO ${sql.id(reader)}`);
      });
    }
    return { owner: url, runtime: url, reader: readerUrl };
  } finally {
    await db.close();
  }
}

/** The name of the role that reads a database. */
export function readerOf(database: string): string {
  return `${database}_reader`;
}

/**
 * Lets the reader see every table of the readable schemas but the secret ones (`schema.table`), their
 * partitions included. Run by the owner after migrations; what is new stays closed until then.
 */
export async function grantReader(
  owner: Database,
  reader: string,
  secretTables: readonly string[] = [],
): Promise<void> {
  await owner.transaction(async (tx) => {
    await lockRoles(tx);
    const tables = await tx.rows(sql<{ schema: string; name: string; secret: boolean }>`
      SELECT n.nspname AS schema, c.relname AS name,
        coalesce(pg_partition_root(c.oid)::oid, c.oid) = ANY (${secretTables}::text[]::regclass[]::oid[]) AS secret
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY (${READABLE_SCHEMAS}) AND c.relkind IN ('r', 'p', 'v', 'm')`);
    for (const schema of READABLE_SCHEMAS) {
      await tx.rows(sql`GRANT USAGE ON SCHEMA ${sql.id(schema)} TO ${sql.id(reader)}`);
      await tx.rows(sql`REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${sql.id(schema)} FROM PUBLIC`);
    }
    for (const { schema, name, secret } of tables) {
      const table = sql.id(schema, name);
      if (secret) await tx.rows(sql`REVOKE ALL ON ${table} FROM ${sql.id(reader)}`);
      else await tx.rows(sql`GRANT SELECT ON ${table} TO ${sql.id(reader)}`);
    }
  });
}

/** Two machines that change the same role or grant at once would make one of them fail. */
async function lockRoles(tx: Transaction): Promise<void> {
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${LOCK_SPACE}, ${ROLES_LOCK})`);
}

async function ensureRole(admin: Queries, name: string, password: string): Promise<void> {
  const found = await admin.maybe(sql`SELECT FROM pg_roles WHERE rolname = ${name}`);
  const verifier = found ? await storedVerifier(admin, name) : undefined;
  if (verifier !== undefined && scramMatches(password, verifier)) return;
  const verb = sql.raw(found ? 'ALTER' : 'CREATE');
  await admin.rows(sql`${verb} ROLE ${sql.id(name)} LOGIN PASSWORD ${sql.lit(scramVerifier(password))}`);
}

/** Only a superuser sees it. */
async function storedVerifier(admin: Queries, name: string): Promise<string | undefined> {
  const { visible } = await admin.one(
    sql<{ visible: boolean }>`SELECT has_table_privilege('pg_authid', 'SELECT') AS visible`,
  );
  if (!visible) return undefined;
  const row = await admin.maybe(
    sql<{ verifier: string | null }>`SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = ${name}`,
  );
  return row?.verifier ?? undefined;
}

/** A reader's transaction that is left open would keep old rows from being cleared away. */
async function limitReader(admin: Queries, name: string): Promise<void> {
  const reader = sql.id(name);
  await admin.rows(sql`ALTER ROLE ${reader} CONNECTION LIMIT ${sql.lit(READER_CONNECTIONS)}`);
  await admin.rows(sql`ALTER ROLE ${reader} SET default_transaction_read_only = on`);
  await admin.rows(sql`ALTER ROLE ${reader} SET idle_in_transaction_session_timeout = '10min'`);
  await admin.rows(sql`ALTER ROLE ${reader} SET search_path = market, tapekeeper`);
}

async function ensureDatabase(admin: Database, name: string): Promise<void> {
  const found = await admin.maybe(sql`SELECT FROM pg_database WHERE datname = ${name}`);
  const database = sql.id(name);
  if (!found) await admin.rows(sql`CREATE DATABASE ${database} OWNER ${sql.id(ROLES.owner)}`);
  await admin.rows(sql`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await admin.rows(sql`GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${sql.id(ROLES.runtime)}`);
  await admin.rows(sql`GRANT CONNECT ON DATABASE ${database} TO ${sql.id(ROLES.reader)}`);
}

function openAsAdmin(url: string): Promise<Database> {
  return connect({ url, max: 1, applicationName: 'tapekeeper roles', statementTimeoutMs: 60_000 });
}

async function opens(url: string): Promise<boolean> {
  try {
    await (await openAsAdmin(url)).close();
    return true;
  } catch {
    return false;
  }
}

function derivedPassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(`tapekeeper role ${role}`).digest('base64url');
}

function passwordOf(url: string): string | undefined {
  const password = parse(url).password;
  return password === '' ? undefined : decodeURIComponent(password);
}

/** The same server, as another role. */
function withUser(url: string, user: string, password: string): string {
  const changed = parse(url);
  changed.username = encodeURIComponent(user);
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = parse(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new AppError('bad_setting', { problem: 'the address of the database is not a PostgreSQL URL.' });
  }
}
