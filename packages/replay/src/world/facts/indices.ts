import { plainDay, symbolOf } from '@tapekeeper/core';
import type { IndexFact } from '../facts.ts';

/** Whose stocks an index is made of. */
export type IndexScope = 'all' | 'sh' | 'sz' | 'star' | 'chinext' | 'bse';

export interface IndexRule extends IndexFact {
  readonly scope: IndexScope;
}

const CSI = '中证指数有限公司';
const SSE = '上海证券交易所';
const SZSE = '深圳证券信息有限公司';
const BSE = '北京证券交易所';

/** The indices that people ask for most, with their real bases. */
export const INDEX_RULES: readonly IndexRule[] = [
  rule('000001.SH', '上证指数', '上证综合指数', SSE, '综合指数', '1990-12-19', 100, '1991-07-15', 'sh'),
  rule('000009.SH', '上证380', '上证380指数', SSE, '规模指数', '2003-12-31', 1000, '2010-11-29', 'sh'),
  rule('000010.SH', '上证180', '上证180指数', SSE, '规模指数', '2002-06-28', 3299.06, '2002-07-01', 'sh'),
  rule('000015.SH', '红利指数', '上证红利指数', SSE, '策略指数', '2004-12-31', 1000, '2005-01-04', 'sh'),
  rule('000016.SH', '上证50', '上证50指数', SSE, '规模指数', '2003-12-31', 1000, '2004-01-02', 'sh'),
  rule('000300.SH', '沪深300', '沪深300指数', CSI, '规模指数', '2004-12-31', 1000, '2005-04-08', 'all'),
  rule(
    '000688.SH',
    '科创50',
    '上证科创板50成份指数',
    SSE,
    '规模指数',
    '2019-12-31',
    1000,
    '2020-07-23',
    'star',
  ),
  rule('000852.SH', '中证1000', '中证1000指数', CSI, '规模指数', '2004-12-31', 1000, '2014-10-17', 'all'),
  rule('000903.SH', '中证100', '中证100指数', CSI, '规模指数', '2005-12-30', 1000, '2006-05-29', 'all'),
  rule('000905.SH', '中证500', '中证500指数', CSI, '规模指数', '2004-12-31', 1000, '2007-01-15', 'all'),
  rule('000906.SH', '中证800', '中证800指数', CSI, '规模指数', '2004-12-31', 1000, '2007-01-15', 'all'),
  rule('000985.SH', '中证全指', '中证全指指数', CSI, '综合指数', '2004-12-31', 1000, '2011-08-02', 'all'),
  rule('399001.SZ', '深证成指', '深证成份指数', SZSE, '规模指数', '1994-07-20', 1000, '1995-01-23', 'sz'),
  rule('399005.SZ', '中小100', '中小企业100指数', SZSE, '规模指数', '2005-06-07', 1000, '2006-01-24', 'sz'),
  rule('399006.SZ', '创业板指', '创业板指数', SZSE, '规模指数', '2010-05-31', 1000, '2010-06-01', 'chinext'),
  rule(
    '399102.SZ',
    '创业板综',
    '创业板综合指数',
    SZSE,
    '综合指数',
    '2010-05-31',
    1000,
    '2010-08-20',
    'chinext',
  ),
  rule('399106.SZ', '深证综指', '深证综合指数', SZSE, '综合指数', '1991-04-03', 100, '1991-04-04', 'sz'),
  rule('399330.SZ', '深证100', '深证100指数', SZSE, '规模指数', '2002-12-31', 1000, '2006-01-24', 'sz'),
  rule(
    '399673.SZ',
    '创业板50',
    '创业板50指数',
    SZSE,
    '规模指数',
    '2010-05-31',
    1000,
    '2014-06-18',
    'chinext',
  ),
  rule('899050.BJ', '北证50', '北证50成份指数', BSE, '规模指数', '2022-04-29', 1000, '2022-11-21', 'bse'),
];

function rule(
  symbol: string,
  name: string,
  fullName: string,
  publisher: string,
  category: string,
  baseDate: string,
  basePoint: number,
  listDate: string,
  scope: IndexScope,
): IndexRule {
  return {
    symbol: symbolOf(symbol),
    name,
    fullName,
    publisher,
    category,
    baseDate: plainDay(baseDate),
    basePoint,
    listDate: plainDay(listDate),
    scope,
  };
}
