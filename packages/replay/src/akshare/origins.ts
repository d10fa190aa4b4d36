/** The hosts that the endpoints stand for; the first segment of a path names one of them. */
export type Origin =
  | 'push2'
  | 'push2his'
  | 'datacenter'
  | 'f10'
  | 'emsearch'
  | 'emnotice'
  | 'sina'
  | 'sina_list'
  | 'sina_hq'
  | 'tencent'
  | 'tencent_kline'
  | 'szse'
  | 'sse'
  | 'bse'
  | 'cninfo';

/** Hosts of one group share a guard: an address that one of them shuts out is shut out of all. */
const GROUPS: Readonly<Record<Origin, string>> = {
  // 82.push2.eastmoney.com and 91.push2his.eastmoney.com
  push2: 'eastmoney_quotes',
  push2his: 'eastmoney_quotes',
  // datacenter-web.eastmoney.com keeps working when the quotes are shut
  datacenter: 'eastmoney_datacenter',
  // emweb.securities.eastmoney.com
  f10: 'eastmoney_f10',
  // search-api-web.eastmoney.com
  emsearch: 'eastmoney_search',
  // np-anotice-stock.eastmoney.com
  emnotice: 'eastmoney_notices',
  // finance.sina.com.cn, vip.stock.finance.sina.com.cn and hq.sinajs.cn
  sina: 'sina',
  sina_list: 'sina',
  sina_hq: 'sina_quotes',
  // qt.gtimg.cn stays open when proxy.finance.qq.com gives empty answers
  tencent: 'tencent_quotes',
  tencent_kline: 'tencent_kline',
  szse: 'szse',
  sse: 'sse',
  bse: 'bse',
  cninfo: 'cninfo',
};

export const ORIGINS = Object.keys(GROUPS) as readonly Origin[];

export function isOrigin(text: string): text is Origin {
  return Object.hasOwn(GROUPS, text);
}

/** What is shut out together with an origin. */
export function groupOfOrigin(origin: Origin): string {
  return GROUPS[origin];
}
