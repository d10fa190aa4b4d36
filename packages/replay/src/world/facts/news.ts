import { compactDay, type PlainDay, shanghaiInstant, weekday } from '@tapekeeper/core';
import type { Facts, NewsFact } from '../facts.ts';
import type { Instrument } from '../universe.ts';
import { drawsOf, oneOf, wholeOf } from './draws.ts';
import { isListed, type Market } from './market.ts';

const CHANNELS = ['财经要闻', '公司新闻', '市场快讯', '行业动态'];
const OF_STOCK = [
  '签订重大合同',
  '发布新产品',
  '回购股份进展',
  '股东减持计划完成',
  '获得政府补助',
  '调整组织架构',
];
const OF_MARKET = [
  '两市成交额放大',
  '央行开展逆回购操作',
  '北向资金小幅流入',
  '多只新股今日申购',
  '期货主力合约涨跌互现',
];
const FIRST_MINUTE = 7 * 60;
const MINUTES = 16 * 60;

/** A score of items a day, fewer on weekends; none outside the days of the bars. */
export function newsOf(market: Market, seed: number): Facts['news'] {
  return (day) => {
    if (day < market.firstDay || day > market.lastDay) return [];
    const draw = drawsOf(seed, 'news', day);
    const count = (weekday(day) % 6 === 0 ? 4 : 18) + wholeOf(draw, 8);
    const minutes = Array.from({ length: count }, () => FIRST_MINUTE + wholeOf(draw, MINUTES)).sort(
      (a, b) => a - b,
    );
    return minutes.map((minute, index) => {
      const about = draw() < 0.6 ? anyListed(market, day, draw()) : undefined;
      return newsItem(
        day,
        index,
        minute,
        about,
        oneOf(draw, about ? OF_STOCK : OF_MARKET),
        oneOf(draw, CHANNELS),
      );
    });
  };
}

/** A stock of the day, by a draw; undefined where the draw falls on one that is not listed. */
export function anyListed({ instruments }: Market, day: PlainDay, draw: number): Instrument | undefined {
  const instrument = instruments[Math.floor(draw * instruments.length)];
  return instrument !== undefined && isListed(instrument, day) ? instrument : undefined;
}

function newsItem(
  day: PlainDay,
  index: number,
  minute: number,
  about: Instrument | undefined,
  event: string,
  channel: string,
): NewsFact {
  const id = `${compactDay(day)}${String(index + 1).padStart(4, '0')}`;
  const title = about === undefined ? event : `${about.name}：${event}`;
  const month = Number(day.slice(5, 7));
  return {
    id,
    at: shanghaiInstant(day, minute),
    title,
    content: `${month}月${Number(day.slice(8))}日消息，${title}。第${index + 1}条。`,
    url: `https://news.example.com/a/${id}.html`,
    channel,
    symbols: about === undefined ? [] : [about.symbol],
  };
}
