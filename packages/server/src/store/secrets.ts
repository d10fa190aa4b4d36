import { AppError } from '@tapekeeper/core';
import type { SecretBox, SecretFacts } from '../ports/secretStore.ts';
import { sql, type Database, type Queries } from './connection.ts';
import { emitEvent } from './events.ts';
import { seal, unseal, type Sealed } from './sealing.ts';
import { newKey, type KeyFile, type SecretKey } from './secretKey.ts';

export interface SecretBoxOptions {
  readonly db: Database;
  readonly keyFile: KeyFile;
  /** Told of every secret that goes through this process, before anybody has it, so that it can be masked. */
  readonly noteSecret?: (text: string) => void;
  /** Told when this process has kept or removed one. */
  readonly changed?: (name: string) => Promise<void>;
}

/** A shorter secret is not hinted at. */
const LEAST_FOR_HINT = 16;

const FACTS = sql`name, last4, updated_at AS "updatedAt", updated_by AS "updatedBy"`;

interface SealedRow extends Sealed {
  readonly name: string;
}

/** The secrets of a database, opened with the keys of a file. */
export function createSecretBox(options: SecretBoxOptions): SecretBox {
  const { db, keyFile } = options;
  const noteSecret = options.noteSecret ?? (() => {});
  const changed = options.changed ?? (async () => {});

  /** A key that is not known yet may have been put into the file since. */
  const keyOf = async (id: string): Promise<SecretKey> => {
    const known = keyFile.keys().find((key) => key.id === id);
    if (known !== undefined) return known;
    await keyFile.reload();
    const found = keyFile.keys().find((key) => key.id === id);
    if (found !== undefined) return found;
    throw new AppError('secret_key_wrong', {
      file: keyFile.path,
      wanted: id,
      found: keyFile
        .keys()
        .map((key) => key.id)
        .join(', '),
    });
  };

  const open = async (row: SealedRow): Promise<string> => {
    const text = unseal(await keyOf(row.keyId), row.name, row);
    if (text === undefined) throw new AppError('secret_broken', { secret: row.name });
    noteSecret(text);
    return text;
  };

  const read = async (queries: Queries, name: string): Promise<string | undefined> => {
    const row = await queries.maybe(sql<SealedRow>`
      SELECT name, key_id AS "keyId", nonce, sealed FROM tapekeeper.secret WHERE name = ${name}`);
    return row === undefined ? undefined : open(row);
  };

  return {
    read: (name) => read(db, name),

    async keep(name, text, by) {
      noteSecret(text);
      const facts = await db.transaction(async (tx) => {
        const key = await keyOf(await sealingKeyId(tx, keyFile));
        const { keyId, nonce, sealed } = seal(key, name, text);
        await emitEvent(tx, 'secret', { name, state: 'kept' });
        return tx.one(sql<SecretFacts>`
          INSERT INTO tapekeeper.secret (name, key_id, nonce, sealed, last4, updated_by)
          VALUES (${name}, ${keyId}, ${nonce}, ${sealed}, ${hintOf(text)}, ${by})
          ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed,
            last4 = excluded.last4, updated_at = excluded.updated_at, updated_by = excluded.updated_by
          RETURNING ${FACTS}`);
      });
      await changed(name);
      return facts;
    },

    async readOrMake(name, make) {
      const there = await read(db, name);
      if (there !== undefined) return there;
      const made = make();
      noteSecret(made);
      return db.transaction(async (tx) => {
        const key = await keyOf(await sealingKeyId(tx, keyFile));
        const { keyId, nonce, sealed } = seal(key, name, made);
        const won = await tx.maybe(sql`
          INSERT INTO tapekeeper.secret (name, key_id, nonce, sealed, last4, updated_by)
          VALUES (${name}, ${keyId}, ${nonce}, ${sealed}, ${null}, 'system')
          ON CONFLICT (name) DO NOTHING RETURNING name`);
        return won === undefined ? ((await read(tx, name)) ?? made) : made;
      });
    },

    async remove(name) {
      const found = await db.transaction(async (tx) => {
        const removed = await tx.maybe(
          sql`DELETE FROM tapekeeper.secret WHERE name = ${name} RETURNING name`,
        );
        if (removed !== undefined) await emitEvent(tx, 'secret', { name, state: 'removed' });
        return removed !== undefined;
      });
      if (found) await changed(name);
      return found;
    },

    facts: () => db.rows(sql<SecretFacts>`SELECT ${FACTS} FROM tapekeeper.secret ORDER BY name`),

    /**
     * The new key is in the file before any row is sealed with it, and the old one goes when none is left: whenever
     * the process dies, every row can still be opened. The row of the key is locked all the while, so that two
     * rotations never write the file at once.
     */
    async rotateKey() {
      const next = newKey();
      const secrets = await db.transaction(async (tx) => {
        await keyOf(await sealingKeyId(tx, keyFile));
        await keyFile.reload();
        await keyFile.write([...keyFile.keys(), next]);
        const rows = await tx.rows(sql<SealedRow>`
          SELECT name, key_id AS "keyId", nonce, sealed FROM tapekeeper.secret ORDER BY name FOR UPDATE`);
        for (const row of rows) {
          const { keyId, nonce, sealed } = seal(next, row.name, await open(row));
          await tx.rows(sql`
            UPDATE tapekeeper.secret SET key_id = ${keyId}, nonce = ${nonce}, sealed = ${sealed}
            WHERE name = ${row.name}`);
        }
        await tx.rows(sql`
          UPDATE tapekeeper.secret_key SET key_id = ${next.id}, changed_at = tapekeeper.now()`);
        await emitEvent(tx, 'secret', { name: null, state: 'rotated' });
        return rows.length;
      });
      await forgetUnusedKeys(db, keyFile);
      return { keyId: next.id, secrets, file: keyFile.path };
    },
  };
}

/**
 * The key that seals, locked until the transaction ends so that no rotation passes by. The first machine that needs
 * one says which it is; where no secret is left, a machine with another key may say so too.
 */
async function sealingKeyId(tx: Queries, keyFile: KeyFile): Promise<string> {
  const holds = (id: string): boolean => keyFile.keys().some((key) => key.id === id);
  const own = (): string => keyFile.keys().at(-1)?.id ?? '';
  await tx.rows(
    sql`INSERT INTO tapekeeper.secret_key (key_id) VALUES (${own()}) ON CONFLICT (only_row) DO NOTHING`,
  );
  const { keyId } = await tx.one(sql<{ keyId: string }>`
    SELECT key_id AS "keyId" FROM tapekeeper.secret_key FOR UPDATE`);
  if (holds(keyId)) return keyId;
  await keyFile.reload();
  if (holds(keyId)) return keyId;
  const taken = await tx.maybe(sql`
    UPDATE tapekeeper.secret_key SET key_id = ${own()}, changed_at = tapekeeper.now()
    WHERE NOT EXISTS (SELECT 1 FROM tapekeeper.secret) RETURNING key_id`);
  return taken === undefined ? keyId : own();
}

async function forgetUnusedKeys(db: Database, keyFile: KeyFile): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(sql`SELECT FROM tapekeeper.secret_key FOR UPDATE`);
    const used = await tx.rows(sql<{ keyId: string }>`
      SELECT key_id AS "keyId" FROM tapekeeper.secret_key UNION SELECT key_id FROM tapekeeper.secret`);
    await keyFile.reload();
    await keyFile.write(keyFile.keys().filter(({ id }) => used.some(({ keyId }) => keyId === id)));
  });
}

function hintOf(text: string): string | null {
  return text.length < LEAST_FOR_HINT ? null : text.slice(-4);
}
