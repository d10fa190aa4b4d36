import { AppError } from '@tapekeeper/core';
import type { KeyRotation, SecretFacts } from '../../ports/secretStore.ts';
import type { AppDeps } from '../deps.ts';

type Deps = Pick<AppDeps, 'secrets' | 'store'>;

export const TUSHARE_SECRET = 'source:tushare';
/** Password of the mail server, for channels without one of their own. */
export const SMTP_SECRET = 'smtp';
/** The program makes it by itself; people may only have it made anew. */
const SIGNING_SECRET = 'signing';
const CHANNEL_SECRET = /^channel:([1-9]\d{0,14})$/;

/** Where the secret of a channel is kept. */
export function channelSecret(channelId: number): string {
  return `channel:${channelId}`;
}

export function listSecrets({ secrets }: Deps): Promise<readonly SecretFacts[]> {
  return secrets.facts();
}

/** Throws `unknown_secret` for names that nothing would ever read. */
export async function keepSecret(
  deps: Deps,
  { name, text, by }: { readonly name: string; readonly text: string; readonly by: string },
): Promise<SecretFacts> {
  if (!(await mayBeSet(deps, name))) throw new AppError('unknown_secret', { secret: name });
  return deps.secrets.keep(name, text.trim(), by);
}

/** Throws `unknown_secret` where there is none. */
export async function removeSecret({ secrets }: Deps, name: string): Promise<SecretFacts> {
  const facts = (await secrets.facts()).find((one) => one.name === name);
  if (facts === undefined || !isName(name) || !(await secrets.remove(name)))
    throw new AppError('unknown_secret', { secret: name });
  return facts;
}

export function rotateSecretKey({ secrets }: Deps): Promise<KeyRotation> {
  return secrets.rotateKey();
}

function isName(name: string): boolean {
  return [TUSHARE_SECRET, SMTP_SECRET, SIGNING_SECRET].includes(name) || CHANNEL_SECRET.test(name);
}

async function mayBeSet({ store }: Deps, name: string): Promise<boolean> {
  if (name === TUSHARE_SECRET || name === SMTP_SECRET) return true;
  const [, id] = CHANNEL_SECRET.exec(name) ?? [];
  return id !== undefined && (await store.channel(Number(id))) !== undefined;
}
