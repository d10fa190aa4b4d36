/** A regular expression as a tree, as far as texts are made of it. */
export type Part =
  | { readonly kind: 'letter'; readonly samples: readonly string[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly options: readonly Part[] }
  | { readonly kind: 'repeat'; readonly body: Part; readonly min: number; readonly max: number }
  /** Looks ahead or behind, and takes no letter. */
  | { readonly kind: 'look'; readonly body: Part };

const ONE_LETTER =
  /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|c[a-z]|[pP]\{[^}]*\}|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/iuy;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;
const GROUP = /\((?:\?(?:[:=!]|<[=!]|<\w+>|[a-z-]+:))?/y;
const REFERENCE = /\\(?:[1-9]\d*|k<\w+>)/y;

/** Letters of every kind, of which each letter of an expression matches some. */
const PROBES = Array.from(
  'a0 ZA9\t\n\r_-.,:;/\\"\'<>()[]{}=+*?!@#$%^&|~`zb5' + '\u0000\u00a0中，\u2028\ufeff\u{1f600}',
);
/** Of a letter that stands for many, so many samples are tried. */
const MOST_SAMPLES = 10;

/** Reads an expression that the engine has taken, so that it is well formed. */
export function readRegex(source: string, flags: string): Part {
  const own = [...new Set(source.replaceAll(/\\[a-z]/gi, ''))];
  const letterFlags = flags.replaceAll(/[gy]/g, '');
  let at = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at += match[0].length;
    return match;
  };
  const readChoice = (): Part => {
    const options = [readSequence()];
    while (source[at] === '|') {
      at++;
      options.push(readSequence());
    }
    return options.length === 1 ? (options[0] as Part) : { kind: 'choice', options };
  };
  const readSequence = (): Part => {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(readRepeat());
    return { kind: 'sequence', parts };
  };
  const readRepeat = (): Part => {
    const body = readAtom();
    const match = take(QUANTIFIER);
    return match === null ? body : { kind: 'repeat', body, ...boundsOf(match) };
  };
  const readAtom = (): Part => {
    if (source[at] === '(') {
      const opening = take(GROUP)?.[0] ?? '';
      const body = readChoice();
      at++;
      return /[=!]$/.test(opening) ? { kind: 'look', body } : body;
    }
    if (source[at] === '^' || source[at] === '$' || /^\\b/i.test(source.slice(at, at + 2))) {
      at += source[at] === '\\' ? 2 : 1;
      return { kind: 'sequence', parts: [] };
    }
    if (take(REFERENCE) !== null) return { kind: 'sequence', parts: [] };
    const letter = new RegExp(`^(?:${take(ONE_LETTER)?.[0] ?? ''})$`, letterFlags);
    const samples = [...new Set([...own, ...PROBES])].filter((one) => letter.test(one));
    return { kind: 'letter', samples: spread(samples) };
  };
  return readChoice();
}

function boundsOf([text, least = '', comma = '', most = '']: RegExpExecArray): { min: number; max: number } {
  if (text.startsWith('{')) {
    const min = Number(least);
    return { min, max: comma === '' ? min : most === '' ? Infinity : Number(most) };
  }
  return { min: text.startsWith('+') ? 1 : 0, max: text.startsWith('?') ? 1 : Infinity };
}

/** Some of them, from the first to the last. */
function spread(samples: readonly string[]): readonly string[] {
  const step = Math.max(1, samples.length / MOST_SAMPLES);
  return Array.from(
    { length: Math.min(samples.length, MOST_SAMPLES) },
    (_, at) => samples[Math.floor(at * step)] ?? '',
  );
}
