import { afterAll, beforeAll } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createDatabase } from './database.ts';
import { explaining, type Scan } from './explained.ts';
import { until } from './until.ts';

/** One read of a table by a statement, with the name of what it was run for. */
export interface Read extends Scan {
  readonly step: string;
}

/** What a test fills a database with and walks over. */
export interface PlanStand {
  /** Without a limit of time, to fill tables with. */
  readonly owner: Database;
  /** As the program has it; every statement is explained before it is run. */
  readonly db: Database;
  /** What is run from now on is read for `name`. */
  step(name: string): void;
  /** Runs something under a name of its own. */
  at<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** How the statements of a walk read the tables. */
export interface Plans {
  readonly reads: readonly Read[];
  /** Tables that were read at all. */
  tables(): ReadonlySet<string>;
  /** Reads of whole tables among these. */
  wholeReads(tables: readonly string[]): readonly Read[];
  /** Reads of more rows than that of one of these tables. */
  longReads(tables: readonly string[], mostRows: number): readonly Read[];
}

/** A million rows take minutes to fill in. */
const FILL_WITHIN_MS = 600_000;

/**
 * A database with many rows for the tests of a file, over which `walk` runs the statements in question once. On
 * some ten thousand rows with fresh statistics the planner shows what it would do on millions.
 */
export function usePlans(name: string, walk: (stand: PlanStand) => Promise<void>): Plans {
  const reads: Read[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const database = await createDatabase(name);
    closers.push(() => database.drop());
    const owner = await connect({
      url: database.ownerUrl,
      max: 1,
      applicationName: 'tests',
      statementTimeoutMs: 0,
    });
    closers.push(() => owner.close());
    let step = '';
    const db = explaining(database.db, ({ scans }) =>
      reads.push(...scans.map((scan) => ({ step, ...scan }))),
    );
    await walk({
      owner,
      db,
      step: (next) => void (step = next),
      at: (next, work) => {
        step = next;
        return work();
      },
    });
  }, FILL_WITHIN_MS);
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });
  return {
    reads,
    tables: () => new Set(reads.map(({ table }) => table)),
    wholeReads: (tables) => reads.filter(({ how, table }) => how === 'Seq Scan' && tables.includes(table)),
    longReads: (tables, mostRows) =>
      reads.filter(({ table, rowsRead }) => tables.includes(table) && rowsRead > mostRows),
  };
}

/**
 * Tables as they are once nobody writes to them for a while: with statistics, and with every page known to be visible
 * to all. A snapshot that somebody still holds would keep it from that, and an index alone from being enough.
 */
export async function settle(owner: Database, ...tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await until(async () => {
      await owner.rows(sql`VACUUM (ANALYZE) ${sql.table(table)}`);
      const { seen } = await owner.one<{ seen: boolean }>(
        sql`SELECT relallvisible >= relpages AS seen FROM pg_class WHERE oid = ${table}::regclass`,
      );
      return seen;
    });
  }
}
