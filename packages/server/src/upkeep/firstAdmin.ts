import { adminBySettings, newSetupCode } from '../app/access/firstAdmin.ts';
import type { Installation } from '../main.ts';

type Opened = Pick<Installation, 'config' | 'deps'>;

/** Makes the first admin where the settings hold a password and there is no admin. Throws `weak_password`. */
export async function makeFirstAdmin({ config, deps }: Opened): Promise<void> {
  const { adminName: name, adminPassword: password } = config;
  if (password === null) return;
  const made = await adminBySettings(deps, { name, displayName: '', password });
  if (made !== undefined) deps.log.info({ user: made.name }, 'the first admin was made as the settings say');
}

/**
 * Says in the log by which code the first admin can be made, where there is none: only who runs the server reads
 * that. A start replaces the code of the one before.
 */
export async function offerSetup({ deps }: Opened, url: string): Promise<string | undefined> {
  const code = await newSetupCode(deps);
  if (code !== undefined)
    deps.log.warn({ url, setupCode: code }, `no admin yet: open ${url} within a day, set-up code ${code}`);
  return code;
}
