/** Longer messages are told apart by their beginnings only. */
const LONGEST = 240;

/**
 * What in a message changes from one failure to the next of the same kind, and what stands for it; in this
 * order, since what follows would take what came before apart.
 */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  // what programs print in front of and between their words
  [/\u001b\[[\d;]*[A-Za-z]/g, ''],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<id>'],
  [/"[^"]*"|“[^”]*”|「[^」]*」|`[^`]*`|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])/gu, '<text>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b/g, '<time>'],
  [/\b(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?\b/g, '<day>'],
  [/\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b/g, '<day>'],
  [/\b\d{6}\.(?:SH|SZ|BJ|XSHG|XSHE)\b/gi, '<symbol>'],
  [/\b(?:sh|sz|bj)\.?\d{6}\b/gi, '<symbol>'],
  [/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g, '<ip>'],
  [/\[[\da-f:]*:[\da-f:]+\]/gi, '<ip>'],
  [/(?<=[\p{L}\d>\]]):\d{2,5}\b/gu, ':<port>'],
  [/(?<![\p{L}\d])(?:[A-Za-z]:)?(?:[\\/][\w.@%+~-]+){2,}[\\/]?/gu, '<path>'],
  [/\b0x[\da-f]+\b/gi, '<id>'],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{8,}\b/gi, '<id>'],
  [/(?<![A-Za-z\d_])[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/giu, '<n>'],
  [/<n>(?:(?:, ?| )<n>)+/g, '<n>'],
  [/<symbol>(?:(?:, ?| )<symbol>)+/g, '<symbol>'],
  [/\s+/g, ' '],
];

/**
 * What messages of one kind of failure have in common: numbers, symbols, days, times, ids, addresses, ports,
 * paths and quoted texts are replaced by what they are. A letter that a cut has halved becomes U+FFFD, since no database
 * takes halves.
 * @example fingerprintOf('no answer from 10.0.0.7:8080 after 3 s') // 'no answer from <ip>:<port> after <n> s'
 */
export function fingerprintOf(message: string): string {
  const cut = message.slice(0, 4 * LONGEST);
  return CHANGING.reduce((text, [what, instead]) => text.replace(what, instead), cut)
    .trim()
    .slice(0, LONGEST)
    .toWellFormed();
}
