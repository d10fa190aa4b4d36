import {
  durationWords,
  isoInstant,
  SHANGHAI_OFFSET_MS,
  type Instant,
  type Words,
  type Zone,
} from '@tapekeeper/core';

export type { Words };

/** Wall time in Shanghai to the second, `2024-12-31 20:00:03`. */
export function clockOf(at: Instant): string {
  return textOf(at + SHANGHAI_OFFSET_MS).slice(0, 19);
}

/** Wall time of a zone to the minute, or to the second where there are any; other zones than Shanghai are named. */
export function localTime(at: Instant, zone: Zone): string {
  const text = textOf(zone.wallAt(at));
  const time = text.slice(0, text.slice(17, 19) === '00' ? 16 : 19);
  return zone.name === 'Asia/Shanghai' ? time : `${time} ${zone.name}`;
}

function textOf(wall: number): string {
  return isoInstant(wall).replace('T', ' ');
}

const MINUTE_MS = 60_000;

/** A length of time as people say it: seconds below an hour, minutes above. */
export function spanOf(ms: number): Words {
  const rounded = ms < 60 * MINUTE_MS ? Math.round(ms / 1000) : Math.round(ms / MINUTE_MS) * 60;
  return durationWords(Math.max(0, rounded));
}

/** Runs by number: `run 4, 5`. */
export function runsOf(ids: readonly number[]): Words {
  if (ids.length === 0) return { en: 'another run', zh: '另一次运行' };
  return { en: `run ${ids.join(', ')}`, zh: `运行 ${ids.join('、')}` };
}

/** Sentences one after the other. */
export function joined(...sentences: readonly (Words | undefined)[]): Words {
  const said = sentences.filter((one) => one !== undefined);
  return { en: said.map(({ en }) => en).join(' '), zh: said.map(({ zh }) => zh).join('') };
}
