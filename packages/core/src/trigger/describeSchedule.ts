import { isoInstant, type Instant } from '../day.ts';
import type { Language } from '../error/codes.ts';
import type { ExchangeId } from '../symbol/symbol.ts';
import { durationWords } from './duration.ts';
import { requireZone } from './occurrences.ts';
import { parseSessionRule, type DayChoice, type SessionRule } from './sessionRule.ts';
import { DEFAULT_ZONE, type Schedule, type Trigger } from './trigger.ts';
import type { Zone } from './zone.ts';

/** A text in every language. */
export type Words = Readonly<Record<Language, string>>;

/**
 * A schedule in words: what makes it due, then its bounds. Words for a cron expression are the caller's,
 * since the core knows no library for them; without them the expression is quoted. Times are those of the
 * trigger's zone. Raises `bad_session_rule` and `unknown_zone`.
 * @example describeSchedule(scheduleOf({ kind: 'session', rule: 'close(XSHG)+30m' })).en
 * // '30 minutes after the close in Shanghai, on each trading day'
 */
export function describeSchedule(schedule: Schedule, cronText?: Words): Words {
  const { trigger, tradingDaysOnly, activeFrom, activeUntil, jitterSeconds } = schedule;
  const zone = requireZone(trigger.kind === 'cron' ? trigger.zone : DEFAULT_ZONE);
  const parts: Words[] = [triggerWords(trigger, zone, cronText)];
  if (tradingDaysOnly && trigger.kind !== 'session') {
    parts.push({ en: 'only on trading days', zh: '仅限交易日' });
  }
  if (activeFrom !== null) {
    const time = localTime(activeFrom, zone);
    parts.push({ en: `from ${time}`, zh: `自 ${time} 起` });
  }
  if (activeUntil !== null) {
    const time = localTime(activeUntil, zone);
    parts.push({ en: `before ${time}`, zh: `至 ${time} 之前` });
  }
  if (jitterSeconds > 0) {
    const { en, zh } = durationWords(jitterSeconds);
    parts.push({ en: `up to ${en} later`, zh: `最多延后 ${zh}` });
  }
  return {
    en: parts.map((part) => part.en).join(', '),
    zh: parts.map((part) => part.zh).join('，'),
  };
}

function triggerWords(trigger: Trigger, zone: Zone, cronText: Words | undefined): Words {
  switch (trigger.kind) {
    case 'cron': {
      const words = cronText ?? { en: `Cron ${trigger.expression}`, zh: `Cron ${trigger.expression}` };
      return { en: `${words.en} (${trigger.zone})`, zh: `${words.zh}（${trigger.zone}）` };
    }
    case 'interval': {
      const { en, zh } = durationWords(trigger.everySeconds);
      const anchor = localTime(trigger.anchor, zone);
      return { en: `Every ${en}, counted from ${anchor}`, zh: `每 ${zh}，自 ${anchor} 算起` };
    }
    case 'once': {
      const time = localTime(trigger.at, zone);
      return { en: `Once, at ${time}`, zh: `一次，于 ${time}` };
    }
    case 'session':
      return sessionWords(parseSessionRule(trigger.rule));
    case 'after':
      return {
        en: `After each run of job ${trigger.jobId} that ended well`,
        zh: `任务 ${trigger.jobId} 的每次运行成功之后`,
      };
    case 'manual':
      return { en: 'Only when a person starts it', zh: '仅手动启动' };
  }
}

function sessionWords(rule: SessionRule): Words {
  const moment = momentWords(rule);
  const days = dayWords(rule.days);
  return { en: `${moment.en}, ${days.en}`, zh: `${days.zh}，${moment.zh}` };
}

function momentWords(rule: SessionRule): Words {
  const place = PLACES[rule.exchange];
  if (rule.kind === 'every') {
    const { en, zh } = durationWords(rule.everySeconds);
    return { en: `Every ${en} of the session in ${place.en}`, zh: `${place.zh}交易时段内每 ${zh}` };
  }
  const edge = EDGES[rule.edge];
  if (rule.offsetSeconds === 0)
    return { en: `At the ${edge.en} in ${place.en}`, zh: `${place.zh}${edge.zh}时` };
  const { en, zh } = durationWords(Math.abs(rule.offsetSeconds));
  const isLater = rule.offsetSeconds > 0;
  return {
    en: `${en} ${isLater ? 'after' : 'before'} the ${edge.en} in ${place.en}`,
    zh: `${place.zh}${edge.zh}${isLater ? '后' : '前'} ${zh}`,
  };
}

const PLACES: Readonly<Record<ExchangeId, Words>> = {
  XSHG: { en: 'Shanghai', zh: '上海' },
  XSHE: { en: 'Shenzhen', zh: '深圳' },
  XBSE: { en: 'Beijing', zh: '北京' },
};

const EDGES: Readonly<Record<'open' | 'close', Words>> = {
  open: { en: 'open', zh: '开盘' },
  close: { en: 'close', zh: '收盘' },
};

function dayWords(days: DayChoice | null): Words {
  if (days === null) return { en: 'on each trading day', zh: '每个交易日' };
  return {
    en: `on the ${days.which} trading day of each ${days.of}`,
    zh: `每${PERIODS[days.of]}${days.which === 'first' ? '首个' : '最后一个'}交易日`,
  };
}

const PERIODS: Readonly<Record<DayChoice['of'], string>> = {
  week: '周',
  month: '月',
  quarter: '季度',
  year: '年',
};

/** `2026-11-23 15:30:00`, on the clocks of the zone. */
export function localTime(at: Instant, zone: Zone): string {
  return isoInstant(zone.wallAt(at)).slice(0, 19).replace('T', ' ');
}
