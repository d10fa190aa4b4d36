import { get } from 'node:http';
import { aliveSchema, type Alive } from '@tapekeeper/contract';
import { readToken } from './apiToken.ts';
import { readServerFile } from './serverFile.ts';

/** A running server of this installation, and what opens it. */
export interface FoundServer {
  readonly url: string;
  readonly token: string;
}

const ANSWER_WITHIN_MS = 2_000;
const LONGEST_ANSWER = 10_000;

/**
 * The server that runs on a data directory; undefined when none does. A file that a crash left behind
 * names a port that may be somebody else's by now, so the server must say when it was started.
 */
export async function findServer(dataDir: string): Promise<FoundServer | undefined> {
  const [server, token] = await Promise.all([readServerFile(dataDir), readToken(dataDir)]);
  if (server === undefined || token === undefined) return undefined;
  const alive = await askAlive(server.url);
  return alive?.startedAt === server.startedAt ? { url: server.url, token } : undefined;
}

function askAlive(url: string): Promise<Alive | undefined> {
  return new Promise((resolve) => {
    const request = get(new URL('/livez', url), { timeout: ANSWER_WITHIN_MS, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LONGEST_ANSWER) request.destroy();
      });
      response.on('end', () => resolve(readAlive(text)));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

function readAlive(text: string): Alive | undefined {
  try {
    return aliveSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
