import { AppError, type Row } from '@tapekeeper/core';
import type { DataReader, DataSnapshot, RowCount } from '../../ports/dataReader.ts';
import { sql, type Database, type RawBuilder, type Transaction } from '../connection.ts';
import { countStatement, lastBeforeStatement, rowStatement } from './rowStatement.ts';

/** Long readings at a time; the pool has a few more connections than that, which the work needs. */
const MOST_LONG_READINGS = 4;

/** How long whoever reads may take for one batch, before the server takes the connection back. */
const IDLE_LIMIT = '2min';

/** Reads data out of a database, each snapshot over a connection of its own. */
export function createDataReader(db: Database): DataReader {
  let longReadings = 0;
  return {
    async openSnapshot(kind) {
      if (kind === 'short') return openSnapshot(db);
      if (longReadings >= MOST_LONG_READINGS)
        throw new AppError('too_many_readers', { count: MOST_LONG_READINGS });
      longReadings += 1;
      let held = true;
      const giveBack = (): void => {
        if (held) longReadings -= 1;
        held = false;
      };
      try {
        const snapshot = await openSnapshot(db);
        return { ...snapshot, close: () => snapshot.close().finally(giveBack) };
      } catch (error) {
        giveBack();
        throw error;
      }
    },
    async unknownSymbols(symbols) {
      const unknown = await db.rows<{ symbol: string }>(sql`
        SELECT asked.symbol FROM unnest(${[...symbols]}::text[]) AS asked (symbol)
        WHERE NOT EXISTS (SELECT FROM tapekeeper.instrument i WHERE i.symbol = asked.symbol)
          AND NOT EXISTS (SELECT FROM market.stock_basics b WHERE b.symbol = asked.symbol)
          AND NOT EXISTS (SELECT FROM market.index_basics x WHERE x.symbol = asked.symbol)`);
      return unknown.map((row) => row.symbol);
    },
  };
}

/** A transaction that is held open until the snapshot is closed. */
async function openSnapshot(db: Database): Promise<DataSnapshot> {
  const opened = Promise.withResolvers<Transaction>();
  const closed = Promise.withResolvers<void>();
  const ended = db.transaction(async (tx) => {
    await tx.rows(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    await tx.rows(sql`SET LOCAL idle_in_transaction_session_timeout = ${sql.lit(IDLE_LIMIT)}`);
    opened.resolve(tx);
    await closed.promise;
  });
  // a statement that failed has told its caller; the end of its transaction has nothing to add
  const settled = ended.catch((error: unknown) => opened.reject(error));
  const tx = await opened.promise;
  let cursors = 0;
  return {
    batches: (query, batchRows) =>
      cursorRows(tx, `reading_${(cursors += 1)}`, rowStatement(query), batchRows),
    rows: (query) => tx.rows(rowStatement(query) as RawBuilder<Row>),
    count: (query) => tx.one(countStatement(query) as RawBuilder<RowCount>),
    lastBefore: (query, before) => tx.rows(lastBeforeStatement(query, before) as RawBuilder<Row>),
    async close() {
      closed.resolve();
      await settled;
    },
  };
}

async function* cursorRows(
  tx: Transaction,
  name: string,
  statement: RawBuilder<unknown>,
  batchRows: number,
): AsyncGenerator<readonly Row[], void> {
  await tx.rows(sql`DECLARE ${sql.ref(name)} NO SCROLL CURSOR FOR ${statement}`);
  for (;;) {
    const rows = await tx.rows<Row>(sql<Row>`FETCH FORWARD ${sql.lit(batchRows)} FROM ${sql.ref(name)}`);
    if (rows.length > 0) yield rows;
    if (rows.length < batchRows) return;
  }
}
