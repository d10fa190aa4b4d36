import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { writeDurably } from './durableFile.ts';

/** Passwords of the roles of the embedded server. They stand in one file and in no log. */
export interface Secrets {
  readonly superuser: string;
  readonly owner: string;
  readonly runtime: string;
  readonly reader: string;
}

const PASSWORD_BYTES = 24;
const PRIVATE = 0o600;

/** The file of passwords in a data directory. */
export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

/**
 * The passwords of a data directory, made at the first start. A file that others may read is closed to
 * them. Throws `database_start_failed` when a cluster exists whose passwords are lost or unreadable.
 */
export async function readOrMakeSecrets(dataDir: string, clusterExists: boolean): Promise<Secrets> {
  const file = secretsFile(dataDir);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw lost(dataDir, `${file} cannot be read: ${error.message}.`);
  });
  if (text !== undefined) {
    if (((await stat(file)).mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(file, PRIVATE);
    return parse(dataDir, text);
  }
  if (clusterExists) throw lost(dataDir, `${file} is missing. Put it back from a copy of the directory.`);
  const secrets = { superuser: password(), owner: password(), runtime: password(), reader: password() };
  await writeDurably(file, `${JSON.stringify(secrets, undefined, 2)}\n`, PRIVATE);
  return secrets;
}

function parse(dataDir: string, text: string): Secrets {
  let found: Partial<Record<string, unknown>>;
  try {
    found = JSON.parse(text) as typeof found;
  } catch {
    throw lost(dataDir, `${secretsFile(dataDir)} is not JSON. Put it back from a copy of the directory.`);
  }
  const read = (name: keyof Secrets): string => {
    const value = found[name];
    if (typeof value === 'string' && value.length > 0) return value;
    throw lost(dataDir, `${secretsFile(dataDir)} lacks "${name}". Put it back from a copy of the directory.`);
  };
  return {
    superuser: read('superuser'),
    owner: read('owner'),
    runtime: read('runtime'),
    reader: read('reader'),
  };
}

/** 192 bits in letters that need no quoting in a URL, a file or SQL. */
function password(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

function lost(dir: string, message: string): AppError {
  return new AppError('database_start_failed', { dir, message });
}
