import type { SourceId } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { priorityOf } from '../../../../app/router/priorities.ts';
import { recommend, type Warning } from '../../../../app/router/recommend.ts';
import { TUSHARE_SECRET } from '../../../../app/secrets/secrets.ts';
import type { HttpContext } from '../../../context.ts';

/** A source as the sync of the stock list sees it. */
export interface SourceFacts {
  readonly name: SourceId;
  /** The greatest is asked first; 0 is of a source that is switched off. */
  readonly priority: number;
  /** In use, with the right to the list, and no breaker open. */
  readonly available: boolean;
  readonly description: string;
  /** Where its token is from; only of those that need one. */
  readonly token_source?: 'database' | 'env';
}

export interface SourcesOfList {
  /** By priority, the first asked first. */
  readonly sources: readonly SourceFacts[];
  readonly warnings: readonly Warning[];
}

const DESCRIPTIONS: Readonly<Record<SourceId, string>> = {
  tushare: 'Tushare Pro 数据接口，需要 Token',
  akshare: 'AKShare 所用的公开网页接口：东方财富、新浪、腾讯、各交易所',
  baostock: 'BaoStock 免费数据服务，同一时间只用一个连接',
};

const TOKEN_WORDS = { database: ' (Token来源: 数据库)', env: ' (Token来源: .env)' } as const;

/** Every source of the installation, as far as the stock list is concerned. */
export async function sourcesOfList({
  deps,
  facts,
}: Pick<HttpContext, 'deps' | 'facts'>): Promise<SourcesOfList> {
  const [order, all, tokenSource] = await Promise.all([
    priorityOf(deps, 'stock_basics'),
    recommend(deps),
    tokenSourceOf(deps, facts.mode),
  ]);
  const ofList = all.find(({ dataset }) => dataset === 'stock_basics');
  const able = [ofList?.primary, ...(ofList?.fallbacks ?? [])];
  const names = [...order, ...[...deps.sources.keys()].filter((source) => !order.includes(source))];
  return {
    sources: names.map((name, at) => {
      const token = name === 'tushare' && order.includes(name) ? tokenSource : undefined;
      return {
        name,
        priority: Math.max(0, order.length - at),
        available: able.includes(name),
        description: DESCRIPTIONS[name] + (token === undefined ? '' : TOKEN_WORDS[token]),
        ...(token !== undefined && { token_source: token }),
      };
    }),
    warnings: ofList?.warnings ?? [],
  };
}

/** A token that is kept here counts before that of the environment; a replayed upstream takes any. */
async function tokenSourceOf(
  { secrets }: Pick<AppDeps, 'secrets'>,
  mode: HttpContext['facts']['mode'],
): Promise<'database' | 'env' | undefined> {
  if ((await secrets.facts()).some(({ name }) => name === TUSHARE_SECRET)) return 'database';
  return mode === 'live' ? 'env' : undefined;
}
