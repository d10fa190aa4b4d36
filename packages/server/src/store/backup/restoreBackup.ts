import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@tapekeeper/core';
import { escapeIdentifier } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { connect, sql, type Transaction } from '../connection.ts';
import { keyOf, listTables } from './catalogue.ts';
import type { BackupProgress, BackupSummary, Partition, SequenceValue, TableBegin } from './format.ts';
import { readBackup, verifyBackup } from './readBackup.ts';
import { openCopy } from '../openCopy.ts';

export interface RestoreOptions {
  /** The role that owns the tables of a migrated, empty database. */
  readonly url: string;
  readonly file: string;
  /** Tables (`schema.table`) whose rows, made when the database was, give way to those of the backup. */
  readonly replace?: readonly string[];
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

/** Its one row is made with the database. */
export const REPLACED: readonly string[] = ['tapekeeper.installation'];

/**
 * A partition's bound as PostgreSQL writes it: keywords, numbers, quoted texts, brackets. It goes into a
 * statement as it is, so nothing else may come out of a file. There is one way only to read each text: two would
 * double with every letter.
 */
const BOUND =
  /^(?:DEFAULT|FOR VALUES(?:\s|[(),]|FROM|TO|IN|WITH|modulus|remainder|MINVALUE|MAXVALUE|NULL|true|false|[-.](?=\d)|\d|'(?:[^'\\]|'')*'(?!'))+)$/;
const PARTITION_KEY = /^(?:RANGE|LIST|HASH) \([\w, "]+\)$/;

/**
 * Fills a migrated, empty database from a backup, all of it or nothing. The file is read through and
 * checked before anything is touched. Throws `backup_unreadable` (also when it holds another version of
 * the schema), `restore_not_empty`, `interrupted`, or what the database says.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupSummary> {
  const checked = await verifyBackup(options.file);
  const db = await connect({
    url: options.url,
    max: 1,
    applicationName: 'tapekeeper restore',
    statementTimeoutMs: 0,
  });
  try {
    await db.transaction((tx) => restoreInto(tx, checked, options));
    await db.rows(sql`ANALYZE`);
    return checked;
  } catch (error) {
    throw options.signal?.aborted ? new AppError('interrupted', {}, error) : error;
  } finally {
    await db.close();
  }
}

async function restoreInto(tx: Transaction, checked: BackupSummary, options: RestoreOptions): Promise<void> {
  const { file, signal } = options;
  await requireSchema(tx, checked);
  const tables = await listTables(tx, []);
  const present = new Map(tables.map((table) => [keyOf(table), table]));
  await requireEmpty(tx, tables, options);
  const wakeTriggers = await quietTriggers(tx, tables);
  let copied = 0;
  await readBackup(
    file,
    {
      async table(table, data) {
        requireSameColumns(file, table, present.get(keyOf(table)));
        await makePartitions(tx, file, table);
        copied = await copyInto(tx, table, data, signal);
      },
      async tableEnd(table, end) {
        if (copied !== end.rows)
          throw unreadable(file, `${keyOf(table)} took ${copied} rows instead of ${end.rows}`);
      },
      sequences: (values) => setSequences(tx, values),
    },
    options.onProgress,
  );
  await wakeTriggers();
}

async function requireSchema(tx: Transaction, checked: BackupSummary): Promise<void> {
  const { version } = await tx.one(
    sql<{ version: number }>`SELECT coalesce(max(version), 0) AS version FROM tapekeeper.migration`,
  );
  if (version === checked.schemaVersion) return;
  throw unreadable(
    checked.file,
    `it holds schema ${checked.schemaVersion} and this database has ${version}; restore it with tapekeeper ` +
      `${checked.productVersion}, which made it, and upgrade then`,
  );
}

/** Locks the tables too, so that nobody fills them meanwhile. */
async function requireEmpty(
  tx: Transaction,
  tables: readonly TableBegin[],
  options: RestoreOptions,
): Promise<void> {
  const replaced = new Set(options.replace ?? REPLACED);
  for (const table of tables) {
    const name = sql.id(table.schema, table.name);
    await tx.rows(sql`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
    if (replaced.has(keyOf(table))) await tx.rows(sql`DELETE FROM ${name}`);
    const { filled } = await tx.one(sql<{ filled: boolean }>`SELECT EXISTS (SELECT FROM ${name}) AS filled`);
    if (filled) throw new AppError('restore_not_empty', { table: keyOf(table) });
  }
}

/**
 * What triggers and foreign keys look after is so in the backup, which is one moment of a database that
 * had them. Where the right to set them aside is missing, foreign keys are checked row by row (the
 * tables come in that order) and only our own triggers sleep. Returns what wakes them.
 */
async function quietTriggers(tx: Transaction, tables: readonly TableBegin[]): Promise<() => Promise<void>> {
  const { may } = await tx.one(
    sql<{ may: boolean }>`SELECT has_parameter_privilege('session_replication_role', 'SET') AS may`,
  );
  if (may) {
    await tx.rows(sql`SET LOCAL session_replication_role = replica`);
    return async () => {};
  }
  // one that is always awake, as those of the audit log are, stays so: it minds no new rows
  const ours = await tx.rows<{ schema: string; name: string; trigger: string }>(sql`
    SELECT n.nspname AS schema, c.relname AS name, t.tgname AS trigger
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled = 'O'
      AND n.nspname || '.' || c.relname = ANY (${tables.map(keyOf)}::text[])`);
  const switchAll = async (how: 'ENABLE' | 'DISABLE') => {
    await tx.rows(sql`SET CONSTRAINTS ALL IMMEDIATE`);
    for (const { schema, name, trigger } of ours)
      await tx.rows(sql`ALTER TABLE ${sql.id(schema, name)} ${sql.raw(how)} TRIGGER ${sql.id(trigger)}`);
  };
  await switchAll('DISABLE');
  return () => switchAll('ENABLE');
}

function requireSameColumns(file: string, table: TableBegin, present: TableBegin | undefined): void {
  const form = (columns: TableBegin['columns']) =>
    columns
      .map(({ name, type }) => `${name} ${type}`)
      .sort()
      .join(', ');
  if (present && form(present.columns) === form(table.columns)) return;
  throw unreadable(file, `its table ${keyOf(table)} is not that of this database`);
}

async function makePartitions(tx: Transaction, file: string, table: TableBegin): Promise<void> {
  const present = new Set(
    (
      await tx.rows(sql<{ name: string }>`
        SELECT n.nspname || '.' || c.relname AS name
        FROM pg_partition_tree(${`${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`}::regclass) t
        JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace`)
    ).map((row) => row.name),
  );
  for (const partition of table.partitions) {
    if (!present.has(keyOf(partition))) await makePartition(tx, file, partition);
  }
}

async function makePartition(tx: Transaction, file: string, partition: Partition): Promise<void> {
  const { bound, partitionedBy } = partition;
  if (!BOUND.test(bound) || (partitionedBy !== null && !PARTITION_KEY.test(partitionedBy))) {
    throw unreadable(file, `its partition ${keyOf(partition)} cannot be read`);
  }
  const again = partitionedBy === null ? sql`` : sql`PARTITION BY ${sql.raw(partitionedBy)}`;
  await tx.rows(sql`
    CREATE TABLE ${sql.id(partition.schema, partition.name)}
    PARTITION OF ${sql.id(partition.parentSchema, partition.parentName)} ${sql.raw(bound)} ${again}`);
}

/** Rows that went in. */
async function copyInto(
  tx: Transaction,
  table: TableBegin,
  data: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const columns = table.columns.map((column) => escapeIdentifier(column.name)).join(', ');
  const into = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
  const copy = openCopy(tx.client, copyFrom(`COPY ${into} (${columns}) FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from(data, { objectMode: false }), copy, signal ? { signal } : {});
  return copy.rowCount;
}

async function setSequences(tx: Transaction, values: readonly SequenceValue[]): Promise<void> {
  for (const { schema, name, lastValue, isCalled } of values) {
    const sequence = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    await tx.rows(sql`SELECT setval(${sequence}::regclass, ${lastValue}::bigint, ${isCalled})`);
  }
}

function unreadable(file: string, problem: string): AppError {
  return new AppError('backup_unreadable', { file, problem: `${problem}.` });
}
