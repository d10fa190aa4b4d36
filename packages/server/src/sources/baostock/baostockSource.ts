import { AppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AskContext, Question, Source } from '../../ports/source.ts';
import type { Tally } from '../rowCollector.ts';
import { capabilityFor } from '../served.ts';
import { DEADLINES, type Deadlines } from '../watch.ts';
import { BAOSTOCK_CAPABILITIES } from './capabilities.ts';
import type { BaostockAddress } from './connection.ts';
import { readBaostockPages } from './paging.ts';
import { probeBaostock } from './probe.ts';
import { readingOf, type TradingDays } from './reading.ts';
import { BaostockSession } from './session.ts';

export interface BaostockOptions {
  /** `tcp://host:port`. */
  readonly address?: string;
  readonly clock: Clock;
  /** BaoStock gives factors on ex-dates only; these days are what they are spread over. */
  readonly tradingDays: TradingDays;
  readonly user?: string;
  readonly password?: string;
  readonly clientVersion?: string;
  readonly timeouts?: Partial<Deadlines>;
  /** Requests after which the connection is made anew. */
  readonly reconnectEvery?: number;
}

/** BaoStock over its TCP protocol: one connection, one question at a time, one symbol a question. */
export function createBaostockSource(options: BaostockOptions): Source {
  const { clock, tradingDays } = options;
  const session = new BaostockSession({
    clock,
    address: readAddress(options.address ?? 'tcp://public-api.baostock.com:10030'),
    user: options.user ?? 'anonymous',
    password: options.password ?? '123456',
    clientVersion: readVersion(options.clientVersion ?? '00.9.10'),
    deadlines: { ...DEADLINES, ...options.timeouts },
    reconnectEvery: options.reconnectEvery ?? 200,
  });
  return {
    id: 'baostock',
    hosts: [session.upstream.host],
    capabilities: BAOSTOCK_CAPABILITIES,
    singleConnection: true,
    ask: (question, context) => ask(session, tradingDays, question, context),
    probe: (dataset, context) => probeBaostock(session, clock, tradingDays, dataset, context),
    close: () => session.close(),
  };
}

function readAddress(text: string): BaostockAddress {
  const url = URL.parse(text);
  const port = Number(url?.port);
  if (url?.protocol === 'tcp:' && url.hostname !== '' && port > 0) {
    // IPv6 stands in brackets in an address, and without them on a socket.
    return { hostname: url.hostname.replaceAll(/[[\]]/g, ''), port };
  }
  throw new AppError('bad_setting', {
    problem: `"${text}" is no address of BaoStock; write it as tcp://host:port.`,
  });
}

function readVersion(text: string): string {
  if (/^[\x21-\x7e]{7}$/.test(text)) return text;
  throw new AppError('bad_setting', {
    problem: `"${text}" is no client version of BaoStock; it has seven characters.`,
  });
}

async function ask(
  session: BaostockSession,
  tradingDays: TradingDays,
  question: Question,
  context: AskContext,
): Promise<Answer> {
  capabilityFor('baostock', BAOSTOCK_CAPABILITIES, question);
  const reading = readingOf(session.upstream, question, tradingDays);
  const tally: Tally = { calls: 0, bytes: 0 };
  for (const part of reading.parts) await readBaostockPages(session, part, context, tally);
  return { ...(await reading.finish()), ...tally };
}
