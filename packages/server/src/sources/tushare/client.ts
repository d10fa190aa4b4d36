import { AppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { AskContext } from '../../ports/source.ts';
import { callHttp, type HttpAnswer } from '../httpDoor.ts';
import { interruptible } from '../interruption.ts';
import type { Tally } from '../rowCollector.ts';
import type { Deadlines, Upstream } from '../watch.ts';
import { readTushareReply, type TusharePage } from './envelope.ts';
import { tushareRefusal } from './refusal.ts';

export interface TushareClientOptions {
  readonly clock: Clock;
  readonly baseUrl: URL;
  readonly token: () => string | undefined;
  readonly deadlines: Deadlines;
}

export interface TushareCall {
  readonly api: string;
  /** Texts, days as `20240131`; `offset` and `limit` too. */
  readonly params: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
}

export interface TushareAnswer {
  readonly page: TusharePage;
  /** The text that the page was read from. */
  readonly raw: () => string;
}

/**
 * One call on the wire. Throws `bad_token` (without a call where none is set), `rate_limited`,
 * `quota_exhausted`, `permission_denied`, `banned`, `upstream_refused`, `transport`, `timeout`,
 * `malformed` or `interrupted`. No error and no log line ever holds the token or the body sent.
 */
export async function callTushare(
  options: TushareClientOptions,
  call: TushareCall,
  context: AskContext,
  tally: Tally,
): Promise<TushareAnswer> {
  const { clock, baseUrl, deadlines } = options;
  const upstream: Upstream = { source: 'tushare', host: baseUrl.host };
  const token = options.token()?.trim();
  if (!token) throw new AppError('bad_token', { ...upstream, message: 'none is set.' });

  await interruptible(context.beforeCall(upstream.host, call.api), context.signal);
  tally.calls += 1;
  const answer = await callHttp(clock, {
    source: 'tushare',
    url: endpoint(baseUrl, call.api),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api_name: call.api, token, params: call.params, fields: call.fields.join(',') }),
    deadlines,
    signal: context.signal,
  });
  tally.bytes += answer.wireBytes;
  const text = textOf(upstream, call.api, answer);
  const redact = (part: string) => part.replaceAll(token, '***');
  const reply = readTushareReply(upstream, text, redact);
  if (reply.kind === 'page') return { page: reply.page, raw: () => redact(text) };
  const message = redact(reply.message).slice(0, 300).toWellFormed();
  throw tushareRefusal(upstream, { api: call.api, code: reply.code, message }, clock.now());
}

/** The current form of the service takes the interface's name in the path, the older one only in the body. */
function endpoint(baseUrl: URL, api: string): URL {
  const path = baseUrl.pathname.replace(/(?<!\/)\/+$/, '');
  if (!path.endsWith('/dataapi')) return baseUrl;
  const url = new URL(baseUrl);
  url.pathname = `${path}/${api}`;
  return url;
}

/** Business errors come with status 200; any other status is the word of a gateway or a mirror. */
function textOf(upstream: Upstream, api: string, answer: HttpAnswer): string {
  const { status } = answer;
  if (status === 200) return utf8(upstream, answer.body);
  const facts = { ...upstream, api, message: `HTTP status ${status}.` };
  if (status === 429) throw new AppError('rate_limited', { ...facts, window: 'minute', windowSeconds: 60 });
  if (status >= 500 || status === 408) throw new AppError('transport', facts);
  if (status >= 300 && status < 400) {
    throw new AppError('malformed', {
      ...facts,
      message: `it redirects (HTTP status ${status}); redirects are not followed.`,
    });
  }
  if (status >= 400) throw new AppError('upstream_refused', facts);
  throw new AppError('malformed', facts);
}

function utf8(upstream: Upstream, body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new AppError('malformed', { ...upstream, message: 'the answer is not UTF-8.' }, cause);
  }
}
