import { createServer, type Socket } from 'node:net';
import { SHANGHAI_OFFSET_MS } from '@tapekeeper/core';
import { movedRows } from '../faults/dataFaults.ts';
import { deliver } from '../faults/deliver.ts';
import type { DataFault } from '../faults/fault.ts';
import type { FaultPlan } from '../faults/faultScript.ts';
import { listen } from '../listen.ts';
import type { Listening, Upstream } from '../upstream.ts';
import type { World } from '../world/openWorld.ts';
import { adjustFactorQuestion } from './adjustFactor.ts';
import {
  decodeRequest,
  encodePacked,
  encodeText,
  type RequestFrame,
  SEPARATOR,
  TERMINATOR,
} from './frame.ts';
import { dividendQuestion } from './dividendData.ts';
import { kDataQuestion } from './kData.ts';
import { allStockQuestion, stockBasicQuestion, tradeDatesQuestion } from './lists.ts';
import { type BaostockQuestion, type Rows, symbolOfCode } from './question.ts';
import { reportQuestions } from './reportData.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

export interface BaostockOptions {
  readonly host: string;
  readonly port: number;
  /** Connections that may be logged in at a time; without limit if left out. */
  readonly maxLogins?: number;
}

/** A logged-in connection's user; undefined before login and after logout. */
interface Session {
  user: string | undefined;
}

const PAGE_ROWS = 10_000;
const REQUEST_BYTES = 64 * 1024;
const LINE_FEED = 10;
const LOGIN = '00';
const LOGOUT = '02';
const REFUSAL_TYPE = '04';

/** Serves a world as BaoStock does: one TCP connection, login first, then question by question. */
export async function startBaostock(
  world: World,
  upstream: Upstream,
  options: BaostockOptions,
): Promise<Listening> {
  const sessions = new Set<Session>();
  const questions = new Map(questionsOf(world).map((question) => [question.requestType, question]));
  // Half-open connections are kept, so that a scripted FIN ends one direction only.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, converse);
  return listen(server, options.host, options.port);

  function converse(socket: Socket): void {
    const session: Session = { user: undefined };
    sessions.add(session);
    let held = Buffer.alloc(0);
    let turn = Promise.resolve();
    socket.on('data', (bytes) => {
      held = Buffer.concat([held, bytes]);
      for (let end = held.indexOf(LINE_FEED); end >= 0; end = held.indexOf(LINE_FEED)) {
        const line = held.subarray(0, end);
        held = held.subarray(end + 1);
        turn = turn.then(() => serve(socket, session, line)).catch(() => void socket.destroy());
      }
      if (held.length > REQUEST_BYTES) socket.destroy();
    });
    socket.on('end', () => void turn.then(() => socket.end()));
    socket.on('close', () => sessions.delete(session));
  }

  async function serve(socket: Socket, session: Session, line: Buffer): Promise<void> {
    const frame = decodeRequest(line);
    const plan = note(frame);
    const delayMs = upstream.latencyMs + plan.delayMs;
    if (delayMs > 0 && !(await upstream.pauses.wait(delayMs))) return;
    if (!socket.writable) return;
    const outlet = {
      socket,
      write: (bytes: Uint8Array) => void socket.write(bytes),
      finish: () => undefined,
    };
    const bytes = answer(frame, session, plan);
    await deliver({ outlet, bytes, terminator: TERMINATOR, fault: plan.wire, ...upstream });
  }

  function note(frame: RequestFrame | undefined): FaultPlan {
    const question = questions.get(frame?.type ?? '');
    const known = question !== undefined || frame?.type === LOGIN || frame?.type === LOGOUT;
    const api = (known && frame?.parts[0]) || 'unknown';
    const given = frame?.parts.slice(4) ?? [];
    const names = question?.params ?? [];
    const params = Object.fromEntries(names.map((name, index) => [name, given[index] ?? '']));
    upstream.calls.add({ protocol: 'baostock', api, at: upstream.now(), params });
    const symbols = /^s[hz]\.\d{6}$/i.test(params['code'] ?? '') ? [symbolOfCode(params['code']!)] : [];
    return upstream.faults.plan({ protocol: 'baostock', api, symbols, day: params['day'] });
  }

  function answer(frame: RequestFrame | undefined, session: Session, plan: FaultPlan): Buffer {
    try {
      if (plan.banned) throw new RefusedQuestion(BAOSTOCK_REFUSALS.blacklisted);
      if (plan.error !== undefined) throw new RefusedQuestion(plan.error);
      if (frame === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badFrame);
      if (frame.type === LOGIN) return login(frame, session);
      if (session.user === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.notLoggedIn);
      if (frame.type === LOGOUT) return logout(session, session.user);
      const question = questions.get(frame.type);
      if (question === undefined || question.method !== frame.parts[0]) {
        throw new RefusedQuestion(BAOSTOCK_REFUSALS.badType);
      }
      return answerTo(question, frame.parts, plan);
    } catch (cause) {
      if (!(cause instanceof RefusedQuestion)) throw cause;
      return encodeText(REFUSAL_TYPE, [cause.refusal.code, cause.refusal.message].join(SEPARATOR));
    }
  }

  function login({ parts }: RequestFrame, session: Session): Buffer {
    const [, user = '', password = ''] = parts;
    if (user === '') throw new RefusedQuestion(BAOSTOCK_REFUSALS.emptyUser);
    if (password === '') throw new RefusedQuestion(BAOSTOCK_REFUSALS.emptyPassword);
    const others = [...sessions].filter((other) => other !== session && other.user !== undefined).length;
    if (others >= (options.maxLogins ?? Infinity)) throw new RefusedQuestion(BAOSTOCK_REFUSALS.loginLimit);
    session.user = user;
    return encodeText('01', ['0', 'success', 'login', user, serverTime(upstream.now())].join(SEPARATOR));
  }

  function logout(session: Session, user: string): Buffer {
    session.user = undefined;
    return encodeText('03', ['0', 'success', 'logout', user, serverTime(upstream.now())].join(SEPARATOR));
  }
}

function questionsOf(world: World): readonly BaostockQuestion[] {
  return [
    tradeDatesQuestion(world),
    allStockQuestion(world),
    stockBasicQuestion(world),
    kDataQuestion(world),
    adjustFactorQuestion(world.baostock),
    dividendQuestion(world),
    ...reportQuestions(world),
  ];
}

/** The generic form of an answer: method, user and page come back, then rows, parameters and column names. */
function answerTo(question: BaostockQuestion, parts: readonly string[], plan: FaultPlan): Buffer {
  const [, user = '', pageText = '', perPageText = '', ...given] = parts;
  const page = Math.max(1, Math.floor(Number(pageText)) || 1);
  const perPage = Math.min(
    Math.max(1, Math.floor(Number(perPageText)) || PAGE_ROWS),
    PAGE_ROWS,
    plan.pageCap ?? PAGE_ROWS,
  );
  const params = question.params.map((_, index) => given[index] ?? '');
  const from = (page - 1) * perPage;
  const rows = movedPages(question.answer(params, plan.data), plan.data, from);
  const shown = plan.empty || from >= rows.total ? [] : rows.write(from, from + perPage);
  const body = [
    '0',
    'success',
    plan.wrongEcho ? otherMethod(question.method) : question.method,
    user,
    String(page),
    String(perPage),
    `{"record":[${shown.join(',')}]}`,
    ...params,
    ...(question.fields === undefined ? [] : [question.fields]),
  ].join(SEPARATOR);
  return question.packed ? encodePacked(question.replyType, body) : encodeText(question.replyType, body);
}

/** Rows as they stand when a page is asked for; `movedRows` tells of lists what this does for rows yet unwritten. */
function movedPages(rows: Rows, faults: readonly DataFault[], offset: number): Rows {
  const places = Array.from({ length: faults.length === 0 ? 0 : rows.total }, (_, place) => place);
  const moved = movedRows(faults, places, offset);
  if (moved === places) return rows;
  return {
    total: rows.total,
    write: (from, to) => moved.slice(from, to).flatMap((place) => rows.write(place, place + 1)),
  };
}

function otherMethod(method: string): string {
  return method === 'query_trade_dates' ? 'query_stock_basic' : 'query_trade_dates';
}

/** `20260422163759563`: the wall time of Shanghai to the millisecond. */
function serverTime(now: number): string {
  return new Date(now + SHANGHAI_OFFSET_MS).toISOString().replaceAll(/\D/g, '');
}
