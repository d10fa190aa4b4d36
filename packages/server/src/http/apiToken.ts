import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from './privateFile.ts';

const TOKEN_BYTES = 32;
const TOKEN_SHAPE = /^[\w-]{43}$/;
const OTHERS = 0o077;

/** Where the token of an installation lies. */
export function tokenFileOf(dataDir: string): string {
  return join(dataDir, 'api-token');
}

/** The token, 256 bits in base64url; undefined where there is none, or none that this user may read. */
export async function readToken(dataDir: string): Promise<string | undefined> {
  try {
    const text = (await readFile(tokenFileOf(dataDir), 'utf8')).trim();
    return TOKEN_SHAPE.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The token of the installation, made at the first start and kept. Whoever may read the file may write
 * through the interface, so a file that others could have read is replaced.
 */
export async function ensureToken(dataDir: string): Promise<string> {
  const path = tokenFileOf(dataDir);
  const known = await readToken(dataDir);
  if (known !== undefined && (await isPrivate(path))) return known;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await writePrivateFile(path, `${token}\n`);
  return token;
}

async function isPrivate(path: string): Promise<boolean> {
  return process.platform === 'win32' || ((await stat(path)).mode & OTHERS) === 0;
}
