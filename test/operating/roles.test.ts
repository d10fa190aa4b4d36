import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readySchema } from '@tapekeeper/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServices, type RoleService } from '../../packages/server/src/app/roles.ts';
import { startPostgresProxy, type PostgresProxy } from '../support/postgresProxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { announced, begin, type Begun } from '../cli/program.ts';

describe('the services of a process', () => {
  it('are those of its roles, in their order', async () => {
    const started: string[] = [];
    const service = (name: string, roles: RoleService['roles']): RoleService => ({
      name,
      roles,
      service: { start: async () => void started.push(name), stop: async () => {} },
    });
    const services = [
      service('everywhere', ['api', 'scheduler', 'worker']),
      service('work', ['worker']),
      service('upkeep', ['scheduler', 'worker']),
    ];
    await startServices(services, ['api']);
    expect(started.splice(0)).toEqual(['everywhere']);
    await startServices(services, ['scheduler']);
    expect(started.splice(0)).toEqual(['everywhere', 'upkeep']);
    await startServices(services);
    expect(started).toEqual(['everywhere', 'work', 'upkeep']);
  });
});

describe('an interface and the work in processes of their own, over one database', () => {
  let folder: string;
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let api: Begun;
  let work: Begun;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapekeeper-roles-'));
    database = await createDatabase('roles');
    proxy = await startPostgresProxy(database.ownerUrl, () => 'pass');
    const start = (role: string, databaseUrl: string, keyFile = ''): Begun =>
      begin(['start', '--json', '--role', role], {
        TAPEKEEPER_MODE: 'replay',
        TAPEKEEPER_DATA_DIR: join(folder, role),
        TAPEKEEPER_PORT: '0',
        // its lines are JSON as well, and the first one read is taken for the announcement
        TAPEKEEPER_LOG_LEVEL: 'error',
        TAPEKEEPER_SECRET_KEY_FILE: keyFile,
        DATABASE_URL: databaseUrl,
      });
    api = start('api', proxy.url);
    ({ url } = await announced<{ url: string }>(api));
    // secrets are sealed with one key, which the first process has made
    work = start('scheduler,worker', database.ownerUrl, join(folder, 'api', 'secret-key'));
    await announced(work);
  }, 120_000);
  afterAll(async () => {
    const begun = [api, work].filter((one) => one !== undefined);
    for (const one of begun) {
      one.signal('SIGCONT');
      one.signal('SIGTERM');
    }
    await Promise.all(begun.map(({ ended }) => ended));
    await proxy.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  const failed = async (): Promise<readonly string[]> => {
    const { checks } = readySchema.parse(await (await fetch(`${url}/readyz`)).json());
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
  };

  it('work together, and the interface says so when the other one is frozen, or the database lost', async () => {
    // says what was still wrong, should it not come about
    const soon = { timeout: 60_000 };
    await expect.poll(failed, soon).toEqual([]);
    work.signal('SIGSTOP');
    await expect.poll(failed, soon).toContain('scheduler');
    work.signal('SIGCONT');
    await expect.poll(failed, soon).toEqual([]);
    await proxy.close();
    await expect.poll(failed, soon).toContain('database');
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  }, 240_000);
});
