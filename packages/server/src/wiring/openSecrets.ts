import { join } from 'node:path';
import { createLiveSecret } from '../app/secrets/liveSecret.ts';
import { secretForms } from '../app/secrets/secretForms.ts';
import { TUSHARE_SECRET } from '../app/secrets/secrets.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import type { SecretBox } from '../ports/secretStore.ts';
import type { Database } from '../store/connection.ts';
import { openKeyFile } from '../store/secretKey.ts';
import { createSecretBox } from '../store/secrets.ts';

export interface OpenedSecrets {
  readonly secrets: SecretBox;
  /** Every text that this process has come to know as a secret. */
  readonly hidden: ReadonlySet<string>;
  readonly tushareToken: () => string | undefined;
}

/** The box of secrets, which the log masks from the moment that they are read; the token of Tushare is followed. */
export async function openSecrets(
  config: Config,
  db: Database,
  log: Log,
  closers: (() => Promise<void>)[],
): Promise<OpenedSecrets> {
  const own = config.secretKeyFile === null;
  const keyFile = await openKeyFile(config.secretKeyFile ?? join(config.dataDir, 'secret-key'), {
    make: own,
  });
  const hidden = new Set<string>();
  const noteSecret = (text: string): void => {
    for (const form of secretForms(text)) {
      hidden.add(form);
      log.hide?.(form);
    }
  };
  const secrets = createSecretBox({
    db,
    keyFile,
    noteSecret,
    changed: async (name) => {
      if (name === TUSHARE_SECRET) await token.refresh();
    },
  });
  const token = createLiveSecret({ secrets, name: TUSHARE_SECRET, clock: systemClock, log });
  if (config.mode === 'replay') return { secrets, hidden, tushareToken: () => 'replay-token' };
  await token.refresh();
  await token.start();
  closers.push(() => token.stop());
  return { secrets, hidden, tushareToken: () => token.read() ?? config.tushareToken ?? undefined };
}
