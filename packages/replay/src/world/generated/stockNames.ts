const FIRST = Array.from('华中国海东南西北江山新金天长大安永恒泰宏远盛鑫瑞祥福光明星龙凤');
const SECOND = Array.from('信达康源通联创科力成德和平安发隆兴业丰润利美佳恩迪凯诺博方正');

/** Last words of names with the trade that goes with them. */
const TRADES: readonly (readonly [word: string, industry: string])[] = [
  ['科技', '软件服务'],
  ['电子', '元器件'],
  ['药业', '化学制药'],
  ['能源', '新型电力'],
  ['材料', '化工原料'],
  ['机械', '专用机械'],
  ['食品', '食品'],
  ['地产', '区域地产'],
  ['银行', '银行'],
  ['证券', '证券'],
  ['汽车', '汽车配件'],
  ['环保', '环境保护'],
];
const AREAS = [
  '北京',
  '上海',
  '深圳',
  '浙江',
  '江苏',
  '广东',
  '山东',
  '四川',
  '湖北',
  '福建',
  '安徽',
  '陕西',
];

/** Steps through all combinations without a repeat: it has no divisor in common with their number. */
const STRIDE = 7919;

export interface StockName {
  readonly name: string;
  readonly fullName: string;
  readonly industry: string;
  readonly area: string;
}

/** How many stocks can be named before a name comes twice. */
export const MOST_NAMES = FIRST.length * SECOND.length * TRADES.length;

/** The name of the stock of a number; different numbers below MOST_NAMES have different names. */
export function stockName(seed: number, number: number): StockName {
  const place = (((seed % MOST_NAMES) + number) * STRIDE) % MOST_NAMES;
  const [word, industry] = TRADES[place % TRADES.length]!;
  const rest = Math.floor(place / TRADES.length);
  const area = AREAS[place % AREAS.length]!;
  const name = `${FIRST[rest % FIRST.length]}${SECOND[Math.floor(rest / FIRST.length)]}${word}`;
  return { name, fullName: `${area}${name}股份有限公司`, industry, area };
}
