import { COLLECTED_IDS, DATASETS } from '@tapekeeper/core';
import type { CoverageGain } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';

type Gain = Extract<CoverageGain, { kind: 'recoded' }>;

/**
 * Gives instruments the codes that their exchange has given them. The instrument keeps its id, and with
 * it its coverage; its rows take the new symbol, and the old one stays as a spelling of it. Where both
 * codes have been taken for instruments of their own, the rows of the old one go over to the new one.
 */
export async function recodeInstruments(tx: Transaction, gains: readonly Gain[]): Promise<void> {
  const wished = gains.flatMap(({ pairs }) => pairs);
  if (wished.length === 0) return;
  const standing = await tx.rows<{ old: string; now: string }>(sql`
    SELECT new.old, new.now FROM unnest(
      ${wished.map(({ old }) => old)}::text[], ${wished.map(({ now }) => now)}::text[]) AS new (old, now)
    JOIN tapekeeper.instrument i ON i.symbol = new.old ORDER BY new.old`);
  for (const { old, now } of standing) await recode(tx, old, now);
}

/** Former codes stay spellings: a source that still speaks of one must not bring it back as a stock of its own. */
export async function keepFormerCodes(tx: Transaction, gains: readonly Gain[]): Promise<void> {
  const pairs = gains.flatMap((gain) => gain.pairs);
  if (pairs.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.symbol_alias (alias, source, instrument_id)
    SELECT new.old, '*', i.id FROM unnest(
      ${pairs.map(({ old }) => old)}::text[], ${pairs.map(({ now }) => now)}::text[]) AS new (old, now)
    JOIN tapekeeper.instrument i ON i.symbol = new.now ON CONFLICT DO NOTHING`);
}

async function recode(tx: Transaction, old: string, now: string): Promise<void> {
  const other = await tx.maybe<{ id: number }>(sql`
    SELECT id FROM tapekeeper.instrument WHERE symbol = ${now}`);
  for (const id of COLLECTED_IDS) {
    const { columns, key } = DATASETS[id];
    if (columns.some(({ name }) => name === 'symbol')) await moveRows(tx, id, key, old, now);
  }
  await tx.rows(sql`UPDATE tapekeeper.revision SET symbol = ${now} WHERE symbol = ${old}`);
  await tx.rows(sql`
    INSERT INTO tapekeeper.factor_base (symbol, source)
    SELECT ${now}, source FROM tapekeeper.factor_base WHERE symbol = ${old} ON CONFLICT DO NOTHING`);
  await tx.rows(sql`DELETE FROM tapekeeper.factor_base WHERE symbol = ${old}`);
  if (other === undefined) {
    await tx.rows(sql`UPDATE tapekeeper.instrument SET symbol = ${now} WHERE symbol = ${old}`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.symbol_alias (alias, source, instrument_id)
      SELECT ${now}, '*', id FROM tapekeeper.instrument WHERE symbol = ${now} ON CONFLICT DO NOTHING`);
  } else {
    await tx.rows(sql`UPDATE tapekeeper.symbol_alias SET instrument_id = ${other.id} WHERE alias = ${old}`);
    await tx.rows(sql`UPDATE tapekeeper.instrument SET symbol = ${`${old}~`} WHERE symbol = ${old}`);
  }
}

async function moveRows(
  tx: Transaction,
  table: string,
  key: readonly string[],
  old: string,
  now: string,
): Promise<void> {
  const target = sql.table(`market.${table}`);
  const others = key.filter((column) => column !== 'symbol');
  const same =
    others.length === key.length
      ? sql`false`
      : sql.join(
          [
            sql`t.symbol = ${now}`,
            ...others.map((column) => sql`t.${sql.ref(column)} = o.${sql.ref(column)}`),
          ],
          sql` AND `,
        );
  await tx.rows(sql`
    DELETE FROM ${target} AS o WHERE o.symbol = ${old} AND EXISTS (SELECT 1 FROM ${target} AS t WHERE ${same})`);
  await tx.rows(sql`UPDATE ${target} SET symbol = ${now} WHERE symbol = ${old}`);
}
