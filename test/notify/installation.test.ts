import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { plainDay } from '@tapekeeper/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readConfig, type Config } from '../../packages/server/src/config.ts';
import { openInstallation, type Installation } from '../../packages/server/src/main.ts';
import { createDatabase } from '../support/database.ts';
import { quietLog } from '../support/quietLog.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startReceiver } from './receiver.ts';

vi.setConfig({ testTimeout: 60_000 });

const SETTING = 'token-of-the-settings';
const KEPT = 'token-that-is-kept-0123456789';

async function configOf(env: Readonly<Record<string, string>>): Promise<Config> {
  const database = await createDatabase('installation');
  onTestFinished(() => database.drop());
  const dataDir = await temporaryFolder();
  return readConfig({
    env: { TAPEKEEPER_DATA_DIR: dataDir, DATABASE_URL: database.ownerUrl, ...env },
    flags: {},
  });
}

async function open(config: Config, log = quietLog): Promise<Installation> {
  const installation = await openInstallation(config, log);
  onTestFinished(() => installation.close());
  return installation;
}

it('asks Tushare with the token that is kept, else with that of the settings, without a restart', async () => {
  const upstream = await startReceiver(() => ({ body: '{"code":40101,"msg":"bad token","data":null}' }));
  const hidden: string[] = [];
  const config = await configOf({ TAPEKEEPER_TUSHARE_URL: upstream.url, TUSHARE_TOKEN: SETTING });
  const { deps } = await open(config, { ...quietLog, hide: (text) => void hidden.push(text) });
  const askedWith = async (): Promise<unknown> => {
    await deps.sources
      .get('tushare')
      ?.ask(
        { shape: 'day', dataset: 'daily_bars', day: plainDay('2024-01-04') },
        { signal: new AbortController().signal, beforeCall: async () => {} },
      )
      .catch(() => {});
    return upstream.received.at(-1)?.json()['token'];
  };
  expect(await askedWith()).toBe(SETTING);
  await deps.secrets.keep('source:tushare', KEPT, 'ada');
  expect(await askedWith()).toBe(KEPT);
  expect(hidden).toContain(KEPT);
  expect(deps.tasks.mask(`a command says ${KEPT} and ${SETTING}`)).toBe('a command says *** and ***');
  await deps.secrets.remove('source:tushare');
  expect(await askedWith()).toBe(SETTING);
});

it('puts Tushare into the order of asking once there is a token, and does not start on a key that others may read', async () => {
  const config = await configOf({});
  const first = await openInstallation(config, quietLog);
  expect(first.deps.settings.sourcePriority).not.toContain('tushare');
  await first.deps.secrets.keep('source:tushare', KEPT, 'ada');
  expect(first.deps.settings.sourcePriority).toContain('tushare');
  await first.close();

  const key = join(config.dataDir, 'secret-key');
  await chmod(key, 0o644);
  await expect(openInstallation(config, quietLog)).rejects.toMatchObject({ code: 'secret_key_exposed' });
  await chmod(key, 0o600);
  const again = await open(config);
  expect(again.deps.settings.sourcePriority).toContain('tushare');
});
