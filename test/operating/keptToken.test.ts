import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Status } from '@tapekeeper/contract';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../../packages/cli/src/context.ts';
import { tokenInUse } from '../../packages/cli/src/doctor/checkToken.ts';
import { nextSteps } from '../../packages/cli/src/output/banner.ts';
import { sayIn } from '../../packages/cli/src/texts.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { openKeyFile } from '../../packages/server/src/store/secretKey.ts';
import { createSecretBox } from '../../packages/server/src/store/secrets.ts';
import { keepToken, keptToken } from '../../packages/server/src/upkeep/keptToken.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { quietLog } from '../support/quietLog.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEPT = 'token-that-is-kept-0123456789';
const OTHER = 'token-that-is-kept-afterwards';

const database = useCleanDatabase();
let dataDir: string;
beforeEach(async () => void (dataDir = await temporaryFolder()));

function contextOf(env: Readonly<Record<string, string>> = {}): Context {
  const given = { TAPEKEEPER_DATA_DIR: dataDir, DATABASE_URL: database().url, ...env };
  return {
    config: readConfig({ env: given, flags: {} }),
    log: quietLog,
    say: sayIn('en'),
    options: {},
  } as unknown as Context;
}

async function keep(): Promise<void> {
  const keyFile = await openKeyFile(join(dataDir, 'secret-key'), { make: true });
  await createSecretBox({ db: database().db, keyFile }).keep('source:tushare', KEPT, 'ann');
}

it('the doctor takes the token that the server takes: the kept one, else that of the settings', async () => {
  expect(await tokenInUse(contextOf())).toMatchObject({ token: null, checks: [{ state: 'warn' }] });
  const set = contextOf({ TUSHARE_TOKEN: 'token-of-the-settings' });
  expect(await tokenInUse(set)).toMatchObject({
    token: 'token-of-the-settings',
    checks: [{ state: 'ok', detail: 'is set' }],
  });
  await keep();
  expect(await tokenInUse(set)).toEqual({
    token: KEPT,
    checks: [{ name: 'token', state: 'ok', detail: 'is kept as the secret source:tushare' }],
  });
});

it('the doctor says so where the kept token cannot be opened', async () => {
  await keep();
  await rm(join(dataDir, 'secret-key'));
  expect((await tokenInUse(contextOf())).checks).toMatchObject([
    { name: 'token', state: 'failed', error: { code: 'secret_key_missing' } },
  ]);
});

it('another token takes the place of the kept one', async () => {
  const { config } = contextOf();
  expect(await keptToken(config, quietLog)).toBeUndefined();
  await keep();
  expect(await keptToken(config, quietLog)).toBe(KEPT);
  await keepToken(config, quietLog, OTHER, 'init');
  expect(await keptToken(config, quietLog)).toBe(OTHER);
});

it('a start asks for no token where Tushare is asked already, wherever its token lies', async () => {
  const steps = (source: string): Promise<string> => {
    const api = {
      coverage: async () => ({ datasets: [] }),
      status: async () => ({ sources: [{ source }] }) as Status,
    } as unknown as Api;
    return nextSteps(contextOf(), api, 'http://127.0.0.1:8000');
  };
  expect(await steps('tushare')).not.toContain('tapekeeper init');
  expect(await steps('baostock')).toMatch(/(npx )?tapekeeper init/);
});
