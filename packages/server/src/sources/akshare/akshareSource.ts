import { AppError, builtinCalendar, type Capability } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AskContext, Question, Source } from '../../ports/source.ts';
import { capabilityFor } from '../served.ts';
import { DEADLINES, type Deadlines } from '../watch.ts';
import { routesTo, type AkshareState } from './answers.ts';
import { akshareCapabilities } from './capabilities.ts';
import { CLIST_PAGE_ROWS } from './eastmoney/clist.ts';
import { AKSHARE_HOSTS } from './hosts.ts';
import { probeAkshare } from './probe.ts';
import { firstAnswer } from './routes.ts';
import type { TradingDays } from './session.ts';
import { createStreaks } from './streaks.ts';

export interface AkshareOptions {
  readonly clock: Clock;
  /** Where a mirror or a replay serves every origin below a folder of its own. */
  readonly baseUrl?: string;
  /** What factors are spread over, and undated quotes are counted under; the built-in calendar if left out. */
  readonly tradingDays?: TradingDays;
  readonly timeouts?: Partial<Deadlines>;
  /** Rows asked for in one page of a market's list. */
  readonly pageRows?: number;
}

/**
 * The public endpoints that the AKShare library wraps, asked directly. Each host has a budget of its own;
 * where one fails, the question goes to the next that can answer it.
 */
export function createAkshareSource(options: AkshareOptions): Source {
  const pageRows = options.pageRows ?? CLIST_PAGE_ROWS;
  const capabilities = akshareCapabilities(pageRows);
  const state: AkshareState = {
    client: {
      clock: options.clock,
      deadlines: { ...DEADLINES, ...options.timeouts },
      baseUrl: options.baseUrl === undefined ? undefined : readBaseUrl(options.baseUrl),
      streaks: createStreaks(),
    },
    tradingDays: options.tradingDays ?? ((from, to) => builtinCalendar().tradingDays(from, to)),
    pageRows,
    companyTypes: new Map(),
    listed: [],
  };
  return {
    id: 'akshare',
    hosts: AKSHARE_HOSTS.map(({ host }) => host),
    capabilities,
    singleConnection: false,
    ask: (question, context) => ask(state, capabilities, question, context),
    probe: (dataset, context) => probeAkshare(state, capabilities, dataset, context),
    close: () => Promise.resolve(),
  };
}

function readBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return text.replace(/(?<!\/)\/+$/, '');
  throw new AppError('bad_setting', { problem: `"${text}" is no http address of a mirror.` });
}

/** A caller may want to hear of failures that another route made good: a ban has to open a breaker. */
type RoutedContext = AskContext & { readonly routeFailed?: (error: AppError) => Promise<void> };

async function ask(
  state: AkshareState,
  capabilities: readonly Capability[],
  question: Question,
  context: RoutedContext,
): Promise<Answer> {
  capabilityFor('akshare', capabilities, question);
  const tally = { calls: 0, bytes: 0 };
  const routeFailed = async (error: AppError) => context.routeFailed?.(error);
  const found = await firstAnswer(routesTo(state, question, { context, tally }), routeFailed);
  const { columns, rows, unreadable, suspended = [] } = found;
  return { batches: [{ dataset: question.dataset, columns, rows }], suspended, unreadable, ...tally };
}
