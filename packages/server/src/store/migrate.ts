import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tapekeeper/core';
import { sql, type Database, type Queries, type Transaction } from './connection.ts';

/** A file `NNNN_name.sql`. Once released it never changes: the database remembers its checksum. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the text with LF line ends, so that a checkout on Windows has the same. */
  readonly checksum: string;
}

export interface MigrationStatus {
  /** Version of the database's schema; 0 = none yet. */
  readonly found: number;
  /** Newest version that this program knows. */
  readonly known: number;
  /** Names of what `migrate` would run, in order. */
  readonly pending: readonly string[];
}

export const MIGRATIONS_DIR = fileURLToPath(new URL('./migrations/', import.meta.url));

/** First key of the advisory lock under which schemas are changed, one server at a time. */
const LOCK_SPACE = 7206;
const MIGRATION_LOCK = 0;

/**
 * Brings the schema up to the newest migration, each in a transaction of its own, and returns the
 * names of those that it ran. Any number of servers may do this at once: each step is decided under
 * a lock. Throws `schema_newer` or `schema_changed` before anything is changed. A migration takes what
 * time it takes, so connect without a statement time-out.
 */
export async function migrate(db: Database, folder: string = MIGRATIONS_DIR): Promise<readonly string[]> {
  const known = await readMigrations(folder);
  const ran: string[] = [];
  for (;;) {
    const name = await db.transaction((tx) => runNext(tx, known));
    if (name === undefined) return ran;
    ran.push(name);
  }
}

/** Where the database stands; throws `schema_newer` or `schema_changed` if this program must not use it. */
export async function migrationStatus(
  db: Queries,
  folder: string = MIGRATIONS_DIR,
): Promise<MigrationStatus> {
  const known = await readMigrations(folder);
  const applied = await readApplied(db);
  check(known, applied);
  return {
    found: applied.length,
    known: known.length,
    pending: known.slice(applied.length).map((migration) => migration.name),
  };
}

/** The migrations of a folder in order; their versions must be 1, 2, 3 and so on. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file, index) => {
      const match = /^(\d{4})_(\w+)\.sql$/.exec(file);
      if (!match || Number(match[1]) !== index + 1) {
        throw new AppError('internal', { message: `migration ${file} is out of order in ${folder}` });
      }
      const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { version: index + 1, name: file.slice(0, -'.sql'.length), text, checksum };
    }),
  );
}

interface Applied {
  readonly version: number;
  readonly checksum: string;
}

async function runNext(tx: Transaction, known: readonly Migration[]): Promise<string | undefined> {
  await tx.rows(sql`SET LOCAL statement_timeout = 0`);
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${LOCK_SPACE}, ${MIGRATION_LOCK})`);
  const applied = await readApplied(tx);
  check(known, applied);
  const next = known[applied.length];
  if (next === undefined) return undefined;
  if (applied.length === 0) await makeLedger(tx);
  // a file holds many statements, which only the driver's text form takes; it has no values to bind
  await tx.client.query(next.text);
  await tx.rows(sql`
    INSERT INTO tapekeeper.migration (version, name, checksum)
    VALUES (${next.version}, ${next.name}, ${next.checksum})`);
  return next.name;
}

async function makeLedger(tx: Transaction): Promise<void> {
  await tx.rows(sql`CREATE SCHEMA IF NOT EXISTS tapekeeper`);
  await tx.rows(sql`
    CREATE TABLE IF NOT EXISTS tapekeeper.migration (
      version    int PRIMARY KEY,
      name       text NOT NULL,
      checksum   text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
}

async function readApplied(db: Queries): Promise<readonly Applied[]> {
  const { ledger } = await db.one(
    sql<{ ledger: string | null }>`SELECT to_regclass('tapekeeper.migration')::text AS ledger`,
  );
  if (ledger === null) return [];
  return db.rows(sql<Applied>`SELECT version, checksum FROM tapekeeper.migration ORDER BY version`);
}

function check(known: readonly Migration[], applied: readonly Applied[]): void {
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > known.length) throw new AppError('schema_newer', { found: newest, known: known.length });
  for (const [index, { version, checksum }] of applied.entries()) {
    if (version !== index + 1 || checksum !== known[index]?.checksum)
      throw new AppError('schema_changed', { version });
  }
}
