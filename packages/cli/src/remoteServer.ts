import { AppError } from '@tapekeeper/core';
import { environment } from '@tapekeeper/server/config';
import type { Context } from './context.ts';

/** A server elsewhere, and the API token that it is asked with. */
export interface RemoteServer {
  readonly url: string;
  readonly token: string;
}

const THIS_MACHINE: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The server that `--server` or TAPEKEEPER_SERVER names; undefined where neither does. The token has no flag, since
 * a process list shows flags. Throws `usage` for an address or a way that will not do.
 */
export function remoteServer({
  options,
  config,
  say,
}: Pick<Context, 'options' | 'config' | 'say'>): RemoteServer | undefined {
  const env = environment();
  const flag = options['server'];
  const url = (typeof flag === 'string' ? flag : undefined) ?? env['TAPEKEEPER_SERVER'] ?? '';
  if (url === '') return undefined;
  const refuse = (problem: string): never => {
    throw new AppError('usage', { problem, command: '' });
  };
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) refuse(say('remote.badUrl', { url }));
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !config.insecureHttp && !THIS_MACHINE.includes(hostname))
    refuse(say('remote.plainHttp'));
  const token = env['TAPEKEEPER_TOKEN'] ?? '';
  if (token === '') refuse(say('remote.noToken'));
  return { url, token };
}
