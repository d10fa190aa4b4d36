import { askServer, createClient, type Api } from '@tapekeeper/client';

/** A client of the server that the environment names, with its token. */
export function connect(): Api {
  const url = process.env['TAPEKEEPER_SERVER'] ?? 'http://127.0.0.1:8000';
  const token = process.env['TAPEKEEPER_TOKEN'] ?? '';
  return createClient(askServer({ url, token }));
}
