import type { Socket } from 'node:net';
import { plainDay, symbolOf, type DatasetId, type PlainDay } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Fault, type World } from '@tapekeeper/replay';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import {
  createBaostockSource,
  type BaostockOptions,
} from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { UNHURRIED } from './deadlines.ts';
import {
  loginAnswer,
  logoutAnswer,
  startLoopbackBaostock,
  tableAnswer,
  type BaostockRequest,
} from './loopbackBaostock.ts';
import type { Misbehaviour, SourceStand } from './source.ts';

/** Bytes to send, or what else to do with the socket. */
export type BaostockAction = Buffer | ((socket: Socket) => void);

export interface BaostockStand {
  readonly address: string;
  readonly requests: readonly BaostockRequest[];
  methods(): readonly string[];
  /** Connections accepted so far. */
  connections(): number;
  source(options?: Partial<BaostockOptions>): Source;
  close(): Promise<void>;
}

/** A server that does with the n-th request what `react` says, else logs anyone in and out, until the test ends. */
export async function serveBaostock(
  react: (request: BaostockRequest, n: number) => BaostockAction | undefined,
): Promise<BaostockStand> {
  const requests: BaostockRequest[] = [];
  const server = await startLoopbackBaostock((request, socket) => {
    requests.push(request);
    const action = react(request, requests.length) ?? greeting(request);
    if (typeof action === 'function') action(socket);
    else socket.write(action);
  });
  onTestFinished(() => server.close());
  const fixed = { address: server.address, clock: systemClock, tradingDays: () => [], timeouts: UNHURRIED };
  return {
    ...server,
    requests,
    methods: () => requests.map(({ method }) => method),
    source(options) {
      const source = createBaostockSource({ ...fixed, ...options });
      onTestFinished(() => source.close());
      return source;
    },
  };
}

export function greeting({ method }: BaostockRequest): Buffer {
  return method === 'login' ? loginAnswer() : logoutAnswer();
}

const DAY = plainDay('2024-01-10');

/** The question that `stockList` answers. */
export const ASK_STOCKS: Question = { shape: 'all', dataset: 'stock_basics', from: DAY, to: DAY };
export const STOCK_COLUMNS = 'code, code_name, ipoDate, outDate, type, status';
/** A line of the list, and the row that it is. */
export const STOCK = ['sh.600000', '浦发银行', '1999-11-10', '', '1', '1'];
export const STOCK_ROW = {
  symbol: '600000.SH',
  name: '浦发银行',
  exchange: 'XSHG',
  board: 'main',
  list_status: 'L',
  list_date: '1999-11-10',
  delist_date: null,
};

/** Answers a question for the list of stocks, and nothing else. */
export function stockList(
  records: readonly string[][] = [STOCK],
): (request: BaostockRequest) => Buffer | undefined {
  return (request) =>
    request.method === 'query_stock_basic' ? tableAnswer(request, STOCK_COLUMNS, records) : undefined;
}

const MONTHS = { from: plainDay('2024-06-03'), to: plainDay('2024-07-31') };
const WEEK = { from: plainDay('2024-07-15'), to: plainDay('2024-07-19') };
const QUARTERS = { from: plainDay('2023-12-31'), to: plainDay('2024-06-30') };

const ofSymbol = (dataset: DatasetId, range = MONTHS, symbol = '000001.SZ'): Question => ({
  shape: 'symbol',
  dataset,
  symbol: symbolOf(symbol),
  ...range,
});
const ofAll = (dataset: DatasetId): Question => ({ shape: 'all', dataset, ...MONTHS });

/** One question for each data set; the sample has rows for all of them. */
export const BAOSTOCK_QUESTIONS: readonly Question[] = [
  ofSymbol('daily_bars'),
  ofSymbol('daily_basics'),
  ofSymbol('adj_factors'),
  ofAll('stock_basics'),
  ofAll('trade_calendar'),
  ofAll('index_basics'),
  ofSymbol('index_bars', MONTHS, '000001.SH'),
  ofSymbol('minute_bars', WEEK),
  ofSymbol('weekly_bars'),
  ofSymbol('monthly_bars'),
  ofSymbol('financials', QUARTERS),
  ofSymbol('dividends', QUARTERS),
];

const FAULTS: Readonly<Record<Misbehaviour, Fault>> = {
  silence: { kind: 'silence' },
  'half an answer': { kind: 'half_close' },
  reset: { kind: 'reset' },
  noise: { kind: 'garbage' },
  drip: { kind: 'drip', bytesPerSecond: 100 },
};

const SESSION_CALLS = ['login', 'logout'];

/** The open days of a world's calendar, as the client asks for them. */
export function tradingDaysOf(world: World): (from: PlainDay, to: PlainDay) => readonly PlainDay[] {
  const days = world.calendar.days('SSE').flatMap(({ day, open }) => (open ? [day] : []));
  return (from, to) => days.filter((day) => day >= from && day <= to);
}

/** The client against the replay server over the sample. Calls are questions to data, as `Answer.calls` counts them. */
export async function openBaostockStand(): Promise<SourceStand> {
  const world = await openWorld(sampleFolder());
  const replay = await startReplay({ world });
  const tradingDays = tradingDaysOf(world);
  const isData = (key: string) => !SESSION_CALLS.some((api) => key === `baostock.${api}`);
  return {
    questions: BAOSTOCK_QUESTIONS,
    make: (timeouts) =>
      askingForData(
        createBaostockSource({ address: replay.baostockUrl, clock: systemClock, tradingDays, timeouts }),
      ),
    misbehave: (how) => replay.addFault({ match: { protocol: 'baostock' }, fault: FAULTS[how] }),
    behave: () => replay.clearFaults(),
    calls() {
      const counted = Object.entries(replay.counts()).filter(([key]) => isData(key));
      return counted.reduce((sum, [, count]) => sum + count, 0);
    },
    close: () => replay.stop(),
  };
}

/** The source with leave for coming and going given at once; that it asks for it is shown where the session is tested. */
function askingForData(source: Source): Source {
  const context = (given: AskContext): AskContext => ({
    ...given,
    beforeCall: async (host, api) => {
      if (!SESSION_CALLS.includes(api)) await given.beforeCall(host, api);
    },
  });
  return {
    ...source,
    ask: (question, given) => source.ask(question, context(given)),
    probe: (dataset, given) => source.probe(dataset, context(given)),
  };
}
