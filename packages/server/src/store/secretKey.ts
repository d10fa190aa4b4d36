import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '@tapekeeper/core';
import { writeDurably } from './embedded/durableFile.ts';

/** A key of AES-256, and the name under which rows refer to it. */
export interface SecretKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Keys that a machine holds, newest last. */
export interface KeyFile {
  readonly path: string;
  /** As they were read last. */
  keys(): readonly SecretKey[];
  /** Reads the file again: another process may have rotated the key. */
  reload(): Promise<void>;
  /** Throws `secret_key_unusable` where the file cannot be written. */
  write(keys: readonly SecretKey[]): Promise<void>;
}

const KEY_BYTES = 32;
const ID_LETTERS = 12;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
const LINE_SHAPE = /^[\w+/-]{43}=?$/;

/**
 * Opens a file of keys: a line of base64 each, newest last. A missing one is made only where `make` says so, since
 * another key than the one in use would shut the machine out of all secrets. Throws `secret_key_missing`,
 * `secret_key_exposed` for a file that others may read, or `secret_key_unusable`.
 */
export async function openKeyFile(path: string, options: { readonly make: boolean }): Promise<KeyFile> {
  let known = await readOrMake(path, options.make);
  return {
    path,
    keys: () => known,
    async reload() {
      known = await readKeys(path);
    },
    async write(keys) {
      await writeKeys(path, keys);
      known = keys;
    },
  };
}

/** A key that nobody has had before. */
export function newKey(): SecretKey {
  return named(randomBytes(KEY_BYTES));
}

async function readOrMake(path: string, make: boolean): Promise<readonly SecretKey[]> {
  try {
    return await readKeys(path);
  } catch (error) {
    if (!make || !(error instanceof AppError && error.code === 'secret_key_missing')) throw error;
    const keys = [newKey()];
    await writeKeys(path, keys);
    return keys;
  }
}

async function readKeys(path: string): Promise<readonly SecretKey[]> {
  let text: string;
  try {
    // the mode before the content, so that a key which others could read is never used
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw new AppError('secret_key_exposed', { file: path, mode: (mode & 0o777).toString(8) });
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new AppError('secret_key_missing', { file: path }, error);
    throw unusable(path, error);
  }
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  if (lines.length === 0 || !lines.every((line) => LINE_SHAPE.test(line)))
    throw unusable(path, 'every line must be 32 random bytes in base64');
  return lines.map((line) => named(Buffer.from(line, 'base64')));
}

async function writeKeys(path: string, keys: readonly SecretKey[]): Promise<void> {
  const text = keys.map(({ key }) => `${key.toString('base64url')}\n`).join('');
  try {
    await writeDurably(path, text, OWNER_ONLY);
  } catch (error) {
    throw unusable(path, error);
  }
}

function named(key: Buffer): SecretKey {
  const digest = createHash('sha256').update('tapekeeper secret key\0').update(key).digest('hex');
  return { id: digest.slice(0, ID_LETTERS), key };
}

function unusable(path: string, problem: unknown): AppError {
  const message = problem instanceof Error ? problem.message : String(problem);
  return new AppError(
    'secret_key_unusable',
    { file: path, message: `${message.replace(/\.$/, '')}.` },
    problem,
  );
}
