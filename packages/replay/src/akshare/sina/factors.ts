import type { Symbol } from '@tapekeeper/core';
import { publishedSteps } from '../../faults/dataFaults.ts';
import type { Endpoint, WebCall, WebRequest } from '../endpoint.ts';
import { html, type Reply, script } from '../reply.ts';
import { symbolOfPrefixed } from '../spellings.ts';

const PATH = /^\/realstock\/company\/([a-z]{2}\d{6})\/(hfq|qfq)\.js$/;
/** The day that the oldest factor is written under. */
const EVER = '1900-01-01';
const DECIMALS = 16;

/** Adjustment factors, newest first; raw prices are multiplied by `hfq` and divided by `qfq`. */
export function factorsEndpoint(): Endpoint {
  return {
    origin: 'sina',
    name: 'factors',
    path: PATH,
    asked: (request) => ({ symbols: [symbolIn(request) ?? []].flat() }),
    answer,
  };
}

function answer({ request, market, plan }: WebCall): Reply {
  const [, code = '', kind = ''] = PATH.exec(request.path) ?? [];
  const symbol = symbolIn(request);
  if (symbol === undefined || market.stock(symbol) === undefined) return html('<h1>404 Not Found</h1>', 404);
  const { days, texts } = publishedSteps(plan.data, market.market.factors(symbol));
  const latest = Number(texts.at(-1) ?? 1);
  const rows = plan.empty
    ? []
    : texts.map((text, index) => ({
        d: index === 0 ? EVER : days[index]!,
        f: (kind === 'hfq' ? Number(text) : latest / Number(text)).toFixed(DECIMALS),
      }));
  const value = JSON.stringify({ total: rows.length, data: rows.toReversed() });
  return script(`var ${code}${kind}=${value}\n/* factors of ${code} */\n`);
}

function symbolIn({ path }: WebRequest): Symbol | undefined {
  return symbolOfPrefixed(PATH.exec(path)?.[1] ?? '');
}
