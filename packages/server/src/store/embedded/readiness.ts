import { realpath } from 'node:fs/promises';
import { Client, DatabaseError } from 'pg';
import type { Clock } from '../../ports/clock.ts';

/** How a server took our asking. */
export type Readiness =
  | { readonly state: 'ready' }
  /** Not up yet: refuses connections, or says that it starts, recovers or stops. */
  | { readonly state: 'waiting'; readonly reviving: boolean; readonly message: string }
  /** Another server, or one whose passwords are not ours. */
  | { readonly state: 'foreign'; readonly message: string };

const ASK_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
const CANNOT_CONNECT_NOW = '57P03';

/** Asks once whether the server at the address is ready and is the one of the cluster. */
export async function askReady(url: string, clusterDir: string): Promise<Readiness> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: ASK_TIMEOUT_MS,
    query_timeout: ASK_TIMEOUT_MS,
    application_name: 'tapekeeper start',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      "SELECT current_setting('data_directory') AS folder",
    );
    const folder = rows[0]?.folder ?? '';
    if (folder === (await realpath(clusterDir))) return { state: 'ready' };
    return { state: 'foreign', message: `the server at this port keeps its data in ${folder}.` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof DatabaseError && error.code?.startsWith('28'))
      return { state: 'foreign', message: `${message}.` };
    const reviving = error instanceof DatabaseError && error.code === CANNOT_CONNECT_NOW;
    return { state: 'waiting', reviving, message };
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Asks until the server is ready or foreign, `stillThere` says no, or it has given no sign of life for
 * `patienceMs`. A server that replays its log says so at each asking and is waited for without end.
 */
export async function waitReady(input: {
  readonly url: string;
  readonly clusterDir: string;
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly stillThere: () => Promise<boolean>;
}): Promise<Readiness> {
  const { clock } = input;
  let lastSign = clock.monotonic();
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const answer = await askReady(input.url, input.clusterDir);
    if (answer.state !== 'waiting') return answer;
    if (answer.reviving) lastSign = clock.monotonic();
    if (!(await input.stillThere()) || clock.monotonic() - lastSign > input.patienceMs) return answer;
    await clock.sleep(pause);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}
