import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeScratch, startElsewhere, type Scratch } from '../../../../../test/support/scratchServer.ts';
import { requireReach } from './account.ts';
import { findPostmaster } from './postmaster.ts';

/** PostgreSQL refuses root; these show what is done about it, and only root can. */
const isRoot = process.getuid?.() === 0;
const HERE = fileURLToPath(new URL('.', import.meta.url));

let scratch: Scratch;
const cluster = () => join(scratch.path, 'postgres');

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

test.runIf(isRoot).each([['postgres'], ['nobody']])('runs as %s when the program is root', async (name) => {
  const uid = await idOf(name);
  const server = await scratch.start({ serverUsers: [name] });
  expect((await stat(`/proc/${server.pid}`)).uid).toBe(uid);
  expect((await stat(cluster())).uid).toBe(uid);
  await server.stop();
  const owned = await scratch.start({ serverUsers: ['daemon'] });
  expect((await stat(`/proc/${owned.pid}`)).uid).toBe(uid);
  await owned.stop();
});

test.runIf(isRoot)('says which folder the user of the server cannot pass, and what to do', async () => {
  const closed = dirname(scratch.path);
  await chmod(closed, 0o700);
  const error = await scratch.start().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'data_dir_unusable' });
  expect(String(error)).toContain(`chmod o+x ${closed}`);
});

test.runIf(isRoot)('passes through its own directory, though it was closed', async () => {
  await mkdir(scratch.path, { mode: 0o700 });
  await (await scratch.start()).stop();
  expect((await stat(scratch.path)).mode & 0o777).toBe(0o701);
});

test.runIf(isRoot)('says that root needs another user, when there is none', async () => {
  await expect(scratch.start({ serverUsers: ['no-such-user'] })).rejects.toThrow(/no user no-such-user/);
});

test.runIf(isRoot)(
  'runs for an ordinary user as that user, from the place where it is installed',
  async () => {
    const uid = await idOf('nobody');
    const closed = await requireReach(HERE, { name: 'nobody', uid, gid: uid }).catch(
      (error: unknown) => error,
    );
    if (closed !== undefined) {
      // The project lies where only root can read it: then nobody else can run it, and is told so.
      expect(closed).toMatchObject({ code: 'data_dir_unusable' });
      return;
    }
    await mkdir(scratch.path);
    await chown(scratch.path, uid, uid);
    const { child, ready } = startElsewhere(scratch, {
      uid,
      gid: uid,
      runtimeRoot: join(scratch.path, 'runtime'),
    });
    const { pid } = await ready;
    expect((await stat(`/proc/${pid}`)).uid).toBe(uid);
    expect((await stat(scratch.path)).mode & 0o777).toBe(0o755);
    await expect(stat(join(scratch.path, 'runtime'))).rejects.toMatchObject({ code: 'ENOENT' });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await findPostmaster(cluster())).toBeUndefined();
  },
);

async function idOf(user: string): Promise<number> {
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((text) => text.startsWith(`${user}:`));
  return Number(line?.split(':')[2]);
}
