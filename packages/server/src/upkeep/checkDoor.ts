import { AppError } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../http/guard.ts';

type DoorSettings = Pick<
  Config,
  'host' | 'publicHosts' | 'trustedProxies' | 'openReading' | 'documentedLoopback'
>;

const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Whether other machines reach the server: by its own address, or through a proxy. */
export function isExposed({ host, trustedProxies }: DoorSettings): boolean {
  return !isLoopback(host) || trustedProxies.length > 0;
}

/**
 * Throws unless the server may listen as the settings wish: `bad_setting` where whoever connects would be
 * taken for somebody on this machine, `admin_needed` where others reach it and nobody could sign in.
 */
export async function requireDoor(config: DoorSettings, { store }: Pick<AppDeps, 'store'>): Promise<void> {
  if (!isExposed(config)) return;
  const why =
    config.trustedProxies.length > 0 ? 'behind a proxy' : `while the server listens on ${config.host}`;
  if (config.openReading === 'always')
    throw new AppError('bad_setting', {
      problem: `TAPEKEEPER_OPEN_READING cannot be "always" ${why}: leave it out.`,
    });
  if (config.documentedLoopback)
    throw new AppError('bad_setting', {
      problem: `TAPEKEEPER_DOCUMENTED_LOOPBACK cannot be "true" ${why}: leave it out.`,
    });
  if (!isLoopback(config.host) && !(await store.hasAdmin()))
    throw new AppError('admin_needed', { host: config.host });
}

/** Whether others reach the server, but no name that they could ask for would be answered. */
export function lacksName(config: DoorSettings): boolean {
  const isNamed = config.publicHosts.length > 0 || !EVERY_ADDRESS.includes(config.host);
  return isExposed(config) && (config.trustedProxies.length > 0 ? config.publicHosts.length === 0 : !isNamed);
}

/** The address under which programs of this machine ask the server, as part of a URL. */
export function nearAddress({ host }: Pick<Config, 'host'>): string {
  if (EVERY_ADDRESS.includes(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Names that requests may name: those of the settings, and the address that is listened on, if it is one. */
export function publicNames({ host, publicHosts }: DoorSettings): readonly string[] {
  return EVERY_ADDRESS.includes(host) ? publicHosts : [...publicHosts, nearAddress({ host })];
}
