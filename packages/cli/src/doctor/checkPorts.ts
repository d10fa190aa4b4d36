import { connect, createServer } from 'node:net';
import { AppError } from '@tapekeeper/core';
import { findServer } from '@tapekeeper/server/upkeep/findServer';
import type { Context } from '../context.ts';
import { ok, type Check } from './check.ts';

const CONNECT_WITHIN_MS = 5000;

/** The port of the API and the page: free, or that of our own server. */
export async function checkPort({ config, say }: Context): Promise<Check> {
  const server = await findServer(config.dataDir);
  if (server !== undefined) return ok('port', say('doctor.serves', { url: server.url }));
  if (await isFree(config.host, config.port))
    return ok('port', say('doctor.portFree', { port: config.port }));
  const error = new AppError('port_taken', { port: config.port });
  return { name: 'port', state: 'failed', detail: '', error };
}

/** Whether each source takes a connection; nothing is asked of it. */
export async function checkSources({ config, say }: Context): Promise<readonly Check[]> {
  if (config.mode === 'replay' && !config.ownUpstreams) return [ok('sources', say('doctor.replayed'))];
  const addresses = { tushare: config.tushareUrl, baostock: config.baostockUrl, akshare: undefined };
  const used = config.sources.flatMap((source) => {
    const address = addresses[source];
    return address === undefined ? [] : [{ source, url: new URL(address) }];
  });
  return Promise.all(
    used.map(async ({ source, url }): Promise<Check> => {
      const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
      const message = await connectTo(url.hostname, port);
      if (message === undefined) return ok(source, say('doctor.reached', { host: url.host }));
      const error = new AppError('transport', { source, host: url.host, message: `${message}.` });
      return { name: source, state: 'failed', detail: '', error };
    }),
  );
}

/** Why no connection came about; undefined when one did. */
function connectTo(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (message: string | undefined): void => {
      socket.destroy();
      resolve(message);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, () => end(`no answer within ${CONNECT_WITHIN_MS / 1000} s`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error) => end(error.message));
  });
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
