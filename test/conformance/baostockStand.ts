import type { Socket } from 'node:net';
import { plainDay } from '@tapekeeper/core';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Question, Source } from '../../packages/server/src/ports/source.ts';
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
