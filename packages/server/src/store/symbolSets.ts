import type { NewSymbolSet, SetChange, SetChanged, SymbolSet } from '../ports/symbolSetStore.ts';
import { sql, type Database, type Transaction } from './connection.ts';
import { emitEvent } from './events.ts';

const COLUMNS = sql`id, name, title, rule, version, members, created_at AS "createdAt", created_by AS "createdBy",
  updated_at AS "updatedAt", updated_by AS "updatedBy"`;

export async function symbolSets(db: Database, after: string, limit: number): Promise<readonly SymbolSet[]> {
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.symbol_set WHERE name > ${after} COLLATE "C" ORDER BY name LIMIT ${limit}`);
}

export async function symbolSet(db: Database, name: string): Promise<SymbolSet | undefined> {
  return db.maybe(sql`SELECT ${COLUMNS} FROM tapekeeper.symbol_set WHERE name = ${name}`);
}

export async function setMembers(
  db: Database,
  name: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db.rows<{ symbol: string }>(sql`
    SELECT m.symbol FROM tapekeeper.symbol_set_member m
    WHERE m.set_id = (SELECT id FROM tapekeeper.symbol_set WHERE name = ${name}) AND m.symbol > ${after} COLLATE "C"
    ORDER BY m.symbol LIMIT ${limit}`);
  return rows.map((row) => row.symbol);
}

export async function createSet(db: Database, set: NewSymbolSet): Promise<SymbolSet | undefined> {
  return db.transaction(async (tx) => {
    const made = await tx.maybe<{ id: number }>(sql`
      INSERT INTO tapekeeper.symbol_set (name, title, rule, created_by, updated_by)
      VALUES (${set.name}, ${set.title}, ${ruleText(set.rule)}::jsonb, ${set.author}, ${set.author})
      ON CONFLICT (name) DO NOTHING RETURNING id`);
    if (made === undefined) return undefined;
    const members = await addMembers(tx, made.id, set.symbols);
    await emitEvent(tx, 'symbol_set', { name: set.name, version: 1 });
    return tx.one<SymbolSet>(sql`
      UPDATE tapekeeper.symbol_set SET members = ${members} WHERE id = ${made.id} RETURNING ${COLUMNS}`);
  });
}

export async function changeSet(db: Database, change: SetChange): Promise<SetChanged> {
  return db.transaction(async (tx) => {
    const found = await lockedSet(tx, change.name, change.version);
    if (found.kind !== 'locked') return found;
    const { set } = found;
    const rule = change.rule === undefined ? set.rule : change.rule;
    const stays = rule === null ? change.replaceBy : [];
    let removed = stays === undefined ? 0 : await removeOthers(tx, set.id, stays);
    removed += await removeMembers(tx, set.id, change.remove ?? []);
    const added = rule === null ? await addMembers(tx, set.id, [...(stays ?? []), ...(change.add ?? [])]) : 0;
    const title = change.title === undefined ? set.title : change.title;
    const isSame = added + removed === 0 && title === set.title && ruleText(rule) === ruleText(set.rule);
    if (isSame) return { kind: 'changed', set, added, removed };
    const changed = await tx.one<SymbolSet>(sql`
      UPDATE tapekeeper.symbol_set SET title = ${title}, rule = ${ruleText(rule)}::jsonb,
        members = members + ${added - removed}, version = version + 1, updated_at = tapekeeper.now(),
        updated_by = ${change.author}
      WHERE id = ${set.id} RETURNING ${COLUMNS}`);
    await emitEvent(tx, 'symbol_set', { name: set.name, version: changed.version });
    return { kind: 'changed', set: changed, added, removed };
  });
}

export async function deleteSet(db: Database, name: string, version: number | null): Promise<SetChanged> {
  return db.transaction(async (tx) => {
    const found = await lockedSet(tx, name, version);
    if (found.kind !== 'locked') return found;
    await tx.rows(sql`DELETE FROM tapekeeper.symbol_set WHERE id = ${found.set.id}`);
    await emitEvent(tx, 'symbol_set', { name, version: null });
    return { kind: 'changed', set: found.set, added: 0, removed: found.set.members };
  });
}

/** The set, locked until the transaction ends; where it is not as the author has seen it, why not. */
async function lockedSet(
  tx: Transaction,
  name: string,
  version: number | null,
): Promise<Exclude<SetChanged, { kind: 'changed' }> | { readonly kind: 'locked'; readonly set: SymbolSet }> {
  const set = await tx.maybe<SymbolSet>(
    sql`SELECT ${COLUMNS} FROM tapekeeper.symbol_set WHERE name = ${name} FOR UPDATE`,
  );
  if (set === undefined) return { kind: 'missing' };
  return version !== null && version !== set.version ? { kind: 'conflict', set } : { kind: 'locked', set };
}

async function addMembers(tx: Transaction, id: number, symbols: readonly string[]): Promise<number> {
  if (symbols.length === 0) return 0;
  const added = await tx.rows(sql`
    INSERT INTO tapekeeper.symbol_set_member (set_id, symbol)
    SELECT ${id}, symbol FROM unnest(${[...new Set(symbols)].toSorted()}::text[]) AS new (symbol)
    ON CONFLICT (set_id, symbol) DO NOTHING RETURNING 1`);
  return added.length;
}

async function removeMembers(tx: Transaction, id: number, symbols: readonly string[]): Promise<number> {
  if (symbols.length === 0) return 0;
  const removed = await tx.rows(sql`
    DELETE FROM tapekeeper.symbol_set_member WHERE set_id = ${id} AND symbol = ANY(${[...symbols]}::text[]) RETURNING 1`);
  return removed.length;
}

async function removeOthers(tx: Transaction, id: number, stays: readonly string[]): Promise<number> {
  const removed = await tx.rows(sql`
    DELETE FROM tapekeeper.symbol_set_member WHERE set_id = ${id} AND symbol <> ALL(${[...stays]}::text[]) RETURNING 1`);
  return removed.length;
}

/** A rule with its parts in one order, so that texts compare. */
function ruleText(rule: SymbolSet['rule']): string | null {
  if (rule === null) return null;
  return JSON.stringify(Object.fromEntries(Object.entries(rule).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
