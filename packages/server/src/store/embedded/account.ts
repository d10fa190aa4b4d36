import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@tapekeeper/core';

/** A user of the operating system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Whom root lets PostgreSQL run as, the first that exists. */
export const SERVER_USERS: readonly string[] = ['postgres', 'nobody'];

const ROOT = 0;

/**
 * The user that PostgreSQL must run as, since it refuses root: undefined when we are not root, else the
 * owner of the cluster if there is one, else the first of the names that the system knows.
 */
export async function serverAccount(
  clusterDir: string,
  names: readonly string[] = SERVER_USERS,
): Promise<Account | undefined> {
  if (process.getuid?.() !== ROOT) return undefined;
  const accounts = await readAccounts();
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner && owner.uid !== ROOT) {
    const known = accounts.find((account) => account.uid === owner.uid);
    if (known) return { ...known, gid: owner.gid };
  }
  for (const name of names) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== ROOT);
    if (account) return account;
  }
  throw new AppError('database_start_failed', {
    dir: clusterDir,
    message: `PostgreSQL refuses to run as root, and there is no user ${names.join(' or ')}. Add one, or run as another user.`,
  });
}

/** Throws `data_dir_unusable` naming the first folder on the way that the account may not pass through. */
export async function requireReach(dir: string, account: Account): Promise<void> {
  const blocked = await firstBlocked(await realpath(dir), account);
  if (blocked === undefined) return;
  throw new AppError('data_dir_unusable', {
    dir,
    message:
      `PostgreSQL refuses to run as root and runs as "${account.name}", who may not enter ${blocked}. ` +
      `Let it ("chmod o+x ${blocked}"), or run tapekeeper as another user.`,
  });
}

async function firstBlocked(path: string, account: Account): Promise<string | undefined> {
  const parent = dirname(path);
  const above = parent === path ? undefined : await firstBlocked(parent, account);
  return above ?? (maySearch(await stat(path), account) ? undefined : path);
}

function maySearch(folder: { mode: number; uid: number; gid: number }, account: Account): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

async function readAccounts(): Promise<readonly Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
