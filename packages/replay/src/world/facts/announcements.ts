import { dayNumber, type PlainDay, shanghaiInstant, weekday } from '@tapekeeper/core';
import type { AnnouncementFact, Facts } from '../facts.ts';
import { drawsOf, oneOf, wholeOf } from './draws.ts';
import type { Market } from './market.ts';
import { anyListed } from './news.ts';

const KINDS: readonly (readonly [type: string, title: string])[] = [
  ['董事会', '第{n}届董事会第{m}次会议决议公告'],
  ['监事会', '第{n}届监事会第{m}次会议决议公告'],
  ['股东大会', '关于召开{y}年第{n}次临时股东大会的通知'],
  ['日常经营', '关于签订日常经营合同的公告'],
  ['股权变动', '关于股东部分股份质押的公告'],
  ['权益分派', '{y}年年度权益分派实施公告'],
  ['补充更正', '关于{y}年年度报告的更正公告'],
];
/** For each stock that is listed, on a day from Monday to Friday; a market has three at the least. */
const A_STOCK = 0.12;
const FEWEST = 3;
const EVENING = 16 * 60;

/** Announcements of a day, the fewest on weekends; none outside the days of the bars. */
export function announcementsOf(market: Market, seed: number): Facts['announcements'] {
  return (day) => {
    if (day < market.firstDay || day > market.lastDay) return [];
    const draw = drawsOf(seed, 'announcements', day);
    const share = weekday(day) % 6 === 0 ? A_STOCK / 8 : A_STOCK;
    const wanted = FEWEST + Math.round(market.instruments.length * share * (0.7 + 0.6 * draw()));
    const facts: AnnouncementFact[] = [];
    for (let index = 0; index < wanted; index += 1) {
      const about = anyListed(market, day, draw());
      const [type, title] = oneOf(draw, KINDS);
      const minute = EVENING + wholeOf(draw, 6 * 60);
      const [session, meeting] = [1 + wholeOf(draw, 9), 1 + wholeOf(draw, 30)];
      if (about === undefined) continue;
      const id = String(dayNumber(day) * 100_000 + index);
      facts.push({
        id,
        symbol: about.symbol,
        name: about.name,
        day,
        at: shanghaiInstant(day, minute),
        title: `${about.name}：${worded(title, session, meeting, day)}`,
        type,
        url: `https://disclosure.example.com/${day}/${id}.pdf`,
      });
    }
    return facts;
  };
}

function worded(title: string, session: number, meeting: number, day: PlainDay): string {
  return title
    .replace('{n}', String(session))
    .replace('{m}', String(meeting))
    .replace('{y}', String(Number(day.slice(0, 4)) - 1));
}
