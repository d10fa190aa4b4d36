/** Numbers, times and sizes as people read them. */

const LOCALES = { en: 'en-GB', zh: 'zh-CN' };
const ZONE = 'Asia/Shanghai';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIBI = 1024;

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE });

/** `4,545`. */
export function count(number, language) {
  return number.toLocaleString(LOCALES[language], { maximumFractionDigits: 0 });
}

/** A rate: one digit after the point below ten. */
export function rate(number, language) {
  return number.toLocaleString(LOCALES[language], { maximumFractionDigits: number < 10 ? 1 : 0 });
}

/** Percent to two digits, cut off and not rounded: what is not whole never reads as 100.00 %. */
export function percent(part, whole) {
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)}%`;
}

/** `83%`, for progress. */
export function wholePercent(part, whole) {
  return `${Math.floor((part / whole) * 100)}%`;
}

/** Wall time in Shanghai, `17:42:07`. */
export function clock(at) {
  return clockFormat.format(new Date(at));
}

/** `2026-11-22 17:42`, without the day where it is today. */
export function moment(at) {
  const day = dayFormat.format(new Date(at));
  const time = clock(at);
  return day === dayFormat.format(new Date()) ? time : `${day} ${time.slice(0, 5)}`;
}

/** `09:05`, `11-23 09:05` where it is not today, with the year where it is not this one. */
export function minute(at) {
  const [day, today] = [dayFormat.format(new Date(at)), dayFormat.format(new Date())];
  const time = clock(at).slice(0, 5);
  if (day === today) return time;
  return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${time}`;
}

/** A time to come, in steps that let it stand still: `40 s`, `12 min`, `18 h 30 min`, `3 d`. */
export function ahead(ms, words) {
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)}${words.d}`;
  const step = ms < MINUTE ? SECOND : MINUTE;
  const steady = Math.floor(ms / step) * step;
  return steady >= MINUTE && steady < HOUR
    ? `${steady / MINUTE}${words.m}`.trimEnd()
    : duration(steady, words);
}

/** `3–5 min`: between two durations, in the one unit that fits the longer. */
export function span(lowMs, highMs, words) {
  const [unit, name] =
    highMs < 2 * MINUTE ? [SECOND, words.s] : highMs < 2 * HOUR ? [MINUTE, words.m] : [HOUR, words.h];
  const low = Math.max(1, Math.floor(lowMs / unit));
  const high = Math.max(low, Math.ceil(highMs / unit));
  return `${low === high ? low : `${low}–${high}`}${name}`.trimEnd();
}

/** `12 min 5 s`, at most two units; milliseconds below ten seconds of a finished thing. */
export function duration(ms, words, precise = false) {
  if (precise && ms < 10 * SECOND)
    return ms < SECOND ? `${Math.round(ms)}${words.ms}` : `${(ms / SECOND).toFixed(1)}${words.s}`;
  const seconds = Math.max(1, Math.round(ms / SECOND)) * SECOND;
  const hours = Math.floor(seconds / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const rest = (seconds % MINUTE) / SECOND;
  if (hours > 0) return `${hours}${words.h}${minutes}${words.m}`.trim();
  return minutes > 0 ? `${minutes}${words.m}${rest}${words.s}` : `${rest}${words.s}`;
}

/** Sizes in binary units, `12.9 MiB`. */
export function bytes(size) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (size >= KIBI && unit < units.length - 1) {
    size /= KIBI;
    unit += 1;
  }
  return `${size.toFixed(size < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}
