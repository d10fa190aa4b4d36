import type { Part } from './readRegex.ts';

/** A text that an expression may be slow on: the head, the middle many times, and an end that does not match. */
export interface Attack {
  readonly head: string;
  readonly middle: string;
  readonly end: string;
}

/** What is repeated no more often than this cannot take long. */
const FEW = 12;
const ENDS = ['\u0001', ''];
const MOST_MIDDLES = 40;

/** Attacks on every part that may repeat, by texts that the expression itself asks for. */
export function attacksOf(part: Part): readonly Attack[] {
  const found = new Map<string, Attack>();
  const add = (head: string, middles: readonly string[]): void => {
    for (const middle of new Set(middles)) {
      if (middle === '') continue;
      for (const end of ENDS) found.set(JSON.stringify([head, middle, end]), { head, middle, end });
    }
  };
  const visit = (one: Part, head: string): void => {
    switch (one.kind) {
      case 'letter':
        return;
      case 'look':
        return visit(one.body, head);
      case 'choice':
        for (const option of one.options) visit(option, head);
        return;
      case 'sequence': {
        let before = head;
        for (const inner of one.parts) {
          visit(inner, before);
          before += shortest(inner);
        }
        return;
      }
      case 'repeat': {
        if (one.max > FEW) {
          const middles = textsOf(one.body);
          add(head, middles);
          // what may begin anywhere is tried from each of its beginnings
          if (head !== '') add('', [head, ...middles.map((middle) => head + middle)]);
        }
        visit(one.body, head);
      }
    }
  };
  visit(part, '');
  return [...found.values()];
}

function shortest(part: Part): string {
  switch (part.kind) {
    case 'letter':
      return part.samples[0] ?? '';
    case 'look':
      return '';
    case 'sequence':
      return part.parts.map(shortest).join('');
    case 'choice':
      return shortest(part.options[0] as Part);
    case 'repeat':
      return shortest(part.body).repeat(part.min);
  }
}

/** Texts that a part matches: each letter by each of its samples in turn, each way of a choice. */
function textsOf(part: Part): readonly string[] {
  switch (part.kind) {
    case 'letter':
      return part.samples;
    case 'look':
      return [''];
    case 'choice':
      return part.options.flatMap(textsOf).slice(0, MOST_MIDDLES);
    case 'repeat':
      return [...textsOf(part.body), ...(part.min === 0 ? [''] : [])].map((text) =>
        text.repeat(Math.max(1, part.min)),
      );
    case 'sequence': {
      const all = part.parts.map(textsOf);
      const least = part.parts.map(shortest);
      const texts = all.flatMap((texts, at) =>
        texts.map((text) => [...least.slice(0, at), text, ...least.slice(at + 1)].join('')),
      );
      return [...new Set([least.join(''), ...texts])].slice(0, MOST_MIDDLES);
    }
  }
}
