import type { FaultPlan } from '../faults/faultScript.ts';
import type { Origin } from './origins.ts';
import type { Reply } from './reply.ts';
import type { WebMarket } from './webMarket.ts';

/** A request as an endpoint sees it; the origin's segment is cut off the path. */
export interface WebRequest {
  readonly method: string;
  /** As it came, still percent-encoded. */
  readonly path: string;
  /** Parameters of the query, and after them those of a form body. */
  readonly params: URLSearchParams;
  header(name: string): string;
}

/** One call with all that an answer depends on. */
export interface WebCall {
  readonly request: WebRequest;
  readonly market: WebMarket;
  readonly plan: FaultPlan;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a request asks for, as far as faults look at it. */
export interface Asked {
  readonly symbols: readonly string[];
  readonly day?: string | undefined;
}

/** One kind of address at an origin. */
export interface Endpoint {
  readonly origin: Origin;
  /** `kline`; faults name it `push2his.kline`. */
  readonly name: string;
  /** GET if left out. */
  readonly method?: 'GET' | 'POST' | 'any';
  /** Whole paths that it answers. */
  readonly path: RegExp;
  asked?(request: WebRequest, market: WebMarket): Asked;
  answer(call: WebCall): Reply;
}

const NO_FACTS: Asked = { symbols: [] };

/** @example askedOf(endpoint, request, market).symbols // ['600000.SH'] */
export function askedOf(endpoint: Endpoint, request: WebRequest, market: WebMarket): Asked {
  return endpoint.asked?.(request, market) ?? NO_FACTS;
}

/** A parameter, empty where it is absent. */
export function param({ params }: WebRequest, name: string): string {
  return params.get(name) ?? '';
}

/** A parameter that counts from 1 up to a most; `otherwise` where it is none. */
export function countParam(request: WebRequest, name: string, otherwise: number, most = Infinity): number {
  const value = Math.floor(Number(param(request, name)));
  return Math.min(value >= 1 ? value : otherwise, most);
}
