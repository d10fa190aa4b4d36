import { SHANGHAI_OFFSET_MS, shanghaiDay, compactDay } from '@tapekeeper/core';
import type { NewsFact } from '../../world/facts.ts';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { plain, type Reply, script } from '../reply.ts';
import { symbolOfCode } from '../spellings.ts';

/** What of the search the page sends as JSON in `param`. */
interface Search {
  readonly keyword: string;
  readonly page: number;
  readonly size: number;
  readonly open: string;
  readonly close: string;
}

const PAGE_ROWS = 100;
const TABLE = 'cmsArticleWebOld';

/** Articles about a code, newest first, as a script that calls back. */
export function newsEndpoint(): Endpoint {
  return {
    origin: 'emsearch',
    name: 'news',
    path: /^\/search\/jsonp$/,
    asked: (request) => ({ symbols: [symbolOfCode(searchOf(request)?.keyword ?? '') ?? []].flat() }),
    answer,
  };
}

function answer({ request, market, plan, now }: WebCall): Reply {
  const search = searchOf(request);
  if (search === undefined) return plain(400, 'Bad Request');
  const symbol = symbolOfCode(search.keyword);
  const found = plan.empty || symbol === undefined ? [] : market.newsAbout(symbol, market.present(now));
  const size = Math.min(search.size, plan.pageCap ?? PAGE_ROWS);
  const start = (search.page - 1) * size;
  const body = {
    bizCode: '',
    bizMsg: '',
    code: 0,
    extra: {},
    hitsTotal: found.length,
    msg: 'OK',
    result: { [TABLE]: found.slice(start, start + size).map((item) => articleOf(item, search)) },
    searchId: '',
  };
  return script(`${param(request, 'cb') || 'jQuery'}(${JSON.stringify(body)})`);
}

function articleOf({ id, at, title, content, channel }: NewsFact, search: Search): object {
  const marked = (text: string): string =>
    text.replaceAll(search.keyword, `${search.open}${search.keyword}${search.close}`);
  const code = compactDay(shanghaiDay(at)) + id.replaceAll(/\D/g, '').padStart(10, '0').slice(-10);
  return {
    date: new Date(at + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' '),
    image: '',
    code,
    mediaName: channel,
    title: marked(title),
    content: marked(content),
    url: `http://finance.eastmoney.com/a/${code}.html`,
  };
}

/** Undefined where `param` is no JSON or asks for another table. */
function searchOf(request: WebRequest): Search | undefined {
  let value: unknown;
  try {
    value = JSON.parse(param(request, 'param'));
  } catch {
    return undefined;
  }
  const fields = recordOf(value);
  if (fields === undefined || typeof fields['keyword'] !== 'string') return undefined;
  const options = recordOf(recordOf(fields['param'])?.[TABLE]);
  if (options === undefined) return undefined;
  const count = (name: string, otherwise: number): number =>
    Math.min(PAGE_ROWS, Math.max(1, Math.floor(Number(options[name])) || otherwise));
  const text = (name: string): string => (typeof options[name] === 'string' ? options[name] : '');
  return {
    keyword: fields['keyword'],
    page: Math.max(1, Math.floor(Number(options['pageIndex'])) || 1),
    size: count('pageSize', 10),
    open: text('preTag'),
    close: text('postTag'),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
