import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/support/temporaryFolder.ts';
import { seal, unseal } from './sealing.ts';
import { newKey, openKeyFile } from './secretKey.ts';

const fresh = async (): Promise<string> => join(await temporaryFolder(), 'secret-key');

describe('the file of keys', () => {
  it('is made for its owner alone, once', async () => {
    const path = await fresh();
    const [made] = (await openKeyFile(path, { make: true })).keys();
    expect(made?.key).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await openKeyFile(path, { make: true })).keys()).toEqual([made]);
  });

  it('is not made where it was named and is missing', async () => {
    const path = await fresh();
    await expect(openKeyFile(path, { make: false })).rejects.toMatchObject({
      code: 'secret_key_missing',
      details: { file: path },
    });
  });

  it.each([0o640, 0o604, 0o644, 0o660])('is refused when others may read it (%o)', async (mode) => {
    const path = await fresh();
    await openKeyFile(path, { make: true });
    await chmod(path, mode);
    await expect(openKeyFile(path, { make: true })).rejects.toMatchObject({ code: 'secret_key_exposed' });
    await chmod(path, 0o400);
    await openKeyFile(path, { make: true });
  });

  it.each(['', '\n', 'short', 'x'.repeat(44), `${Buffer.alloc(31).toString('base64')}`])(
    'is refused when it holds %j',
    async (text) => {
      const path = await fresh();
      await writeFile(path, text, { mode: 0o600 });
      await expect(openKeyFile(path, { make: true })).rejects.toMatchObject({ code: 'secret_key_unusable' });
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  it('may come from openssl, and holds former keys before the newest', async () => {
    const path = await fresh();
    const first = newKey();
    const second = newKey();
    await writeFile(path, `${first.key.toString('base64')}\n${second.key.toString('base64')}\n`, {
      mode: 0o600,
    });
    expect((await openKeyFile(path, { make: false })).keys()).toEqual([first, second]);
  });
});

describe('a sealed secret', () => {
  const key = newKey();
  const row = seal(key, 'smtp', 'a password');

  it('opens under its name with its key', () => {
    expect(unseal(key, 'smtp', row)).toBe('a password');
  });

  it('opens neither under another name nor with another key', () => {
    expect(unseal(key, 'source:tushare', row)).toBeUndefined();
    expect(unseal(newKey(), 'smtp', row)).toBeUndefined();
  });

  it('does not open when any of its bytes has changed', () => {
    for (const part of ['nonce', 'sealed'] as const) {
      for (let at = 0; at < row[part].length; at += 1) {
        const bytes = Buffer.from(row[part]);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        expect(unseal(key, 'smtp', { ...row, [part]: bytes })).toBeUndefined();
      }
    }
  });

  it('is another each time, so that equal secrets do not show', () => {
    expect(seal(key, 'smtp', 'a password').sealed).not.toEqual(row.sealed);
  });
});
