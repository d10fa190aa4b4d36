import { AppError, isAppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { AskContext } from '../../ports/source.ts';
import { bannedError } from '../ban.ts';
import { callHttp, type HttpAnswer } from '../httpDoor.ts';
import { interruptible } from '../interruption.ts';
import type { Tally } from '../rowCollector.ts';
import type { Deadlines } from '../watch.ts';
import { banPauseOf, ORIGINS, upstreamOf, type OriginId } from './hosts.ts';
import { refusalPage } from './refusalPage.ts';
import type { Streaks } from './streaks.ts';

export interface AkshareClient {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Where every origin is found at `baseUrl/origin` instead of its own address. */
  readonly baseUrl: string | undefined;
  readonly streaks: Streaks;
  /** Sees every body before it is read. */
  readonly onBody?: (body: Buffer) => void;
}

export interface AkshareCall {
  readonly origin: OriginId;
  /** Name of the interface for budgets and rights. */
  readonly api: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as the fields of a form, by POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** Page that the call claims to come from; some hosts answer nobody else. */
  readonly referer?: string;
}

/** What one ask spends and where it is heard. */
export interface Asking {
  readonly context: AskContext;
  readonly tally: Tally;
}

/** Far above the largest answer (the list of a whole market), far below what would hurt. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Connections shut without a word, in a row, that are taken for a ban. */
const CLOSED_IS_BAN = 2;

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

/**
 * One call on the wire; gives the body of an answer with status 200. Throws `banned` (403, 456, a notice
 * or captcha page, or at Eastmoney's push2 hosts a second connection in a row that was shut unanswered),
 * `rate_limited`, `upstream_refused`, `transport`, `timeout`, `malformed` or `interrupted`.
 */
export async function callAkshare(client: AkshareClient, call: AkshareCall, asking: Asking): Promise<Buffer> {
  const { context, tally } = asking;
  const { host } = ORIGINS[call.origin];
  await interruptible(context.beforeCall(host, call.api), context.signal);
  tally.calls += 1;
  const answer = await exchange(client, call, context);
  tally.bytes += answer.wireBytes;
  const facts = {
    ...upstreamOf(call.origin),
    ...retryAfter(answer),
    api: call.api,
    message: `HTTP status ${answer.status}.`,
  };
  if (answer.status === 200) {
    const notice = refusalPage(answer.body);
    if (notice !== undefined) throw ban(client, call, notice);
    client.onBody?.(answer.body);
    return answer.body;
  }
  if (answer.status === 403 || answer.status === 456) throw ban(client, call, facts.message);
  if (answer.status === 429)
    throw new AppError('rate_limited', { ...facts, window: 'minute', windowSeconds: 60 });
  if (answer.status >= 500 || answer.status === 408) throw new AppError('transport', facts);
  if (answer.status >= 400) throw new AppError('upstream_refused', { ...facts, upstreamCode: answer.status });
  throw new AppError('malformed', facts);
}

async function exchange(
  client: AkshareClient,
  call: AkshareCall,
  { signal }: AskContext,
): Promise<HttpAnswer> {
  const { host } = ORIGINS[call.origin];
  const { form, referer } = call;
  try {
    const answer = await callHttp(client.clock, {
      source: 'akshare',
      host,
      url: addressOf(client, call),
      method: form ? 'POST' : 'GET',
      headers: {
        'user-agent': 'Mozilla/5.0 (compatible; tapekeeper)',
        ...(referer !== undefined && { referer }),
        ...(form && { 'content-type': FORM }),
      },
      ...(form && { body: new URLSearchParams({ ...form }).toString() }),
      deadlines: client.deadlines,
      maxBytes: MAX_BYTES,
      signal,
    });
    client.streaks.end('closed', host);
    return answer;
  } catch (error) {
    const closed = isAppError(error, 'transport') && error.details['phase'] === 'unanswered';
    if (!closed || host !== 'eastmoney_push2') throw error;
    if (client.streaks.count('closed', host) < CLOSED_IS_BAN) throw error;
    throw ban(client, call, 'connections are shut without an answer.');
  }
}

function addressOf(client: AkshareClient, { origin, path, query }: AkshareCall): URL {
  const url = new URL(`${client.baseUrl ? `${client.baseUrl}/${origin}` : ORIGINS[origin].base}${path}`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url;
}

/** What the host itself asks to wait for, where it says so in seconds. */
function retryAfter({ headers }: HttpAnswer): { readonly retryAfterMs?: number } {
  const seconds = headers['retry-after'];
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? { retryAfterMs: Number(seconds) * 1000 } : {};
}

/** `banned`, with the pause of the host. */
export function ban(
  client: AkshareClient,
  { origin }: Pick<AkshareCall, 'origin'>,
  message: string,
): AppError {
  return bannedError(upstreamOf(origin), message, client.clock.now(), banPauseOf(ORIGINS[origin].host));
}
