import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SecretBox } from '../../packages/server/src/ports/secretStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { newKey, openKeyFile, type KeyFile } from '../../packages/server/src/store/secretKey.ts';
import { createSecretBox } from '../../packages/server/src/store/secrets.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { keysInMemory } from '../support/testSecrets.ts';

let opened: TestDatabase;
const database = (): TestDatabase => opened;
beforeAll(async () => void (opened = await createDatabase('secrets')));
afterAll(() => opened.drop());
beforeEach(async () => {
  for (const table of ['secret', 'secret_key'])
    await opened.db.rows(sql`DELETE FROM ${sql.table(`tapekeeper.${table}`)}`);
});
const TOKEN = 'canary-7f3a9b2c4d5e6f708192a3b4c5d6';
const fresh = async (): Promise<string> => join(await temporaryFolder(), 'secret-key');
const keyFile = async (): Promise<KeyFile> => openKeyFile(await fresh(), { make: true });
const boxOf = (keys: KeyFile, seen: string[] = []): SecretBox =>
  createSecretBox({ db: database().db, keyFile: keys, noteSecret: (text) => void seen.push(text) });

describe('a secret', () => {
  it('comes back as it was kept, and only its last letters are told', async () => {
    const box = boxOf(await keyFile());
    expect(await box.read('smtp')).toBeUndefined();
    const facts = await box.keep('smtp', TOKEN, 'ada');
    expect(facts).toMatchObject({ name: 'smtp', last4: 'c5d6', updatedBy: 'ada' });
    expect(await box.read('smtp')).toBe(TOKEN);
    await box.keep('smtp', 'short', 'bob');
    expect(await box.facts()).toMatchObject([{ name: 'smtp', last4: null, updatedBy: 'bob' }]);
    expect(await box.remove('smtp')).toBe(true);
    expect(await box.remove('smtp')).toBe(false);
  });

  it('is nowhere in the database as it is', async () => {
    const { db } = database();
    await boxOf(await keyFile()).keep('source:tushare', TOKEN, 'ada');
    const tables = await db.rows<{ name: string }>(sql`
      SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'tapekeeper' AND c.relkind IN ('r', 'p')`);
    const forms = [TOKEN, Buffer.from(TOKEN).toString('hex'), Buffer.from(TOKEN).toString('base64')];
    for (const { name } of tables) {
      const rows = await db.rows(sql`SELECT t::text AS line FROM ${sql.table(`tapekeeper.${name}`)} t`);
      for (const form of forms) expect(JSON.stringify(rows)).not.toContain(form);
    }
  });

  it('cannot be moved to another name', async () => {
    const box = boxOf(await keyFile());
    await box.keep('channel:1', TOKEN, 'ada');
    await database().db.rows(sql`UPDATE tapekeeper.secret SET name = 'channel:2'`);
    await expect(box.read('channel:2')).rejects.toMatchObject({ code: 'secret_broken' });
  });

  it('is made once, whoever asks for it first', async () => {
    const keys = await keyFile();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => boxOf(keys).readOrMake('signing', () => `made by ${index}`)),
    );
    expect(new Set(made).size).toBe(1);
    expect(await boxOf(keys).read('signing')).toBe(made[0]);
  });

  it('is told to what masks it before anybody has it', async () => {
    const keys = await keyFile();
    const seen: string[] = [];
    await boxOf(keys, seen).keep('smtp', TOKEN, 'ada');
    const readBy: string[] = [];
    await boxOf(keys, readBy).read('smtp');
    expect([seen, readBy]).toEqual([[TOKEN], [TOKEN]]);
  });
});

describe('a machine with another key', () => {
  it('neither reads secrets nor adds any, and says what to do', async () => {
    await boxOf(await keyFile()).keep('smtp', TOKEN, 'ada');
    const other = boxOf(await keyFile());
    await expect(other.read('smtp')).rejects.toMatchObject({ code: 'secret_key_wrong' });
    await expect(other.keep('source:tushare', 'x'.repeat(20), 'bob')).rejects.toMatchObject({
      code: 'secret_key_wrong',
      message: expect.stringContaining('Copy the key file'),
    });
    expect(await other.facts()).toHaveLength(1);
  });

  it('may begin anew once the secrets that it cannot read are gone', async () => {
    await boxOf(await keyFile()).keep('smtp', TOKEN, 'ada');
    const other = boxOf(await keyFile());
    await other.remove('smtp');
    await other.keep('smtp', 'another password', 'bob');
    expect(await other.read('smtp')).toBe('another password');
  });
});

describe('the rotation of the key', () => {
  it('seals everything anew and leaves one key, with which other processes go on', async () => {
    const path = await fresh();
    const mine = await openKeyFile(path, { make: true });
    const former = mine.keys()[0];
    const others = boxOf(await openKeyFile(path, { make: false }));
    const box = boxOf(mine);
    await box.keep('smtp', TOKEN, 'ada');
    await box.keep('channel:1', 'a signing secret', 'ada');
    const rotation = await box.rotateKey();
    expect(rotation).toMatchObject({ secrets: 2, file: path });
    expect(mine.keys().map((key) => key.id)).toEqual([rotation.keyId]);
    expect(rotation.keyId).not.toBe(former?.id);
    expect(await others.read('smtp')).toBe(TOKEN);
    await others.keep('smtp', 'kept by the other', 'bob');
    expect(await box.read('smtp')).toBe('kept by the other');
    const ids = await database().db.rows(sql`SELECT DISTINCT key_id AS id FROM tapekeeper.secret`);
    expect(ids).toEqual([{ id: rotation.keyId }]);
  });

  it('loses nothing when it dies before or after its transaction', async () => {
    const path = await fresh();
    const keys = await openKeyFile(path, { make: true });
    await boxOf(keys).keep('smtp', TOKEN, 'ada');
    const died = new Error('died');
    const dying = (write: number): KeyFile => {
      let writes = 0;
      return {
        ...keys,
        write: async (next) => ((writes += 1) === write ? Promise.reject(died) : keys.write(next)),
      };
    };
    for (const write of [1, 2]) {
      await expect(boxOf(dying(write)).rotateKey()).rejects.toBe(died);
      expect(await boxOf(await openKeyFile(path, { make: false })).read('smtp')).toBe(TOKEN);
    }
    await boxOf(keys).rotateKey();
    expect(keys.keys()).toHaveLength(1);
  });

  it('may be asked for by several at once', async () => {
    const path = await fresh();
    await boxOf(await openKeyFile(path, { make: true })).keep('smtp', TOKEN, 'ada');
    await Promise.all(
      Array.from({ length: 4 }, async () => boxOf(await openKeyFile(path, { make: false })).rotateKey()),
    );
    const keys = await openKeyFile(path, { make: false });
    expect(keys.keys()).toHaveLength(1);
    expect(await boxOf(keys).read('smtp')).toBe(TOKEN);
  });

  it('changes nothing on a machine that holds another key', async () => {
    await boxOf(await keyFile()).keep('smtp', TOKEN, 'ada');
    const keys = keysInMemory([newKey()]);
    await expect(boxOf(keys).rotateKey()).rejects.toMatchObject({ code: 'secret_key_wrong' });
    expect(keys.keys()).toHaveLength(1);
  });

  it('is refused before anything changes when the file is exposed', async () => {
    const path = await fresh();
    const keys = await openKeyFile(path, { make: true });
    await boxOf(keys).keep('smtp', TOKEN, 'ada');
    await writeFile(path, 'no key', { mode: 0o600 });
    await expect(boxOf(keys).rotateKey()).rejects.toMatchObject({ code: 'secret_key_unusable' });
  });
});
