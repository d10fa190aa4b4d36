import { createContext, Script } from 'node:vm';
import { attacksOf, type Attack } from './attacksOf.ts';
import { readRegex } from './readRegex.ts';

/** An attack that an expression does not stand, and at which length of the text. */
export interface Slowness {
  readonly attack: Attack;
  readonly letters: number;
}

/** A straight one takes a hundredth of it for the longest text. */
const LIMIT_MS = 100;
/** What doubles with each letter takes the limit at the first length, what grows with the cube at the second. */
const SHORTER = [60, 4_000];
/** Here even what grows with the square takes it. */
export const LONGEST = 50_000;

const world = createContext({ pattern: /x/, texts: [''] });
const matchAll = new Script('for (const text of texts) { pattern.lastIndex = 0; pattern.exec(text); }');

/** Undefined where it stands all attacks with texts of at most so many letters. */
export function slownessOf(source: string, flags: string, most = LONGEST): Slowness | undefined {
  const pattern = new RegExp(source, flags);
  const attacks = attacksOf(readRegex(source, flags));
  for (const letters of [...SHORTER.filter((shorter) => shorter < most), most]) {
    // most stand all, which costs least at once
    if (
      !isSlow(
        pattern,
        attacks.map((attack) => textOf(attack, letters)),
      )
    )
      continue;
    for (const attack of attacks) {
      const text = textOf(attack, letters);
      // a machine that is busy elsewhere is not busy three times
      if ([1, 2, 3].every(() => isSlow(pattern, [text]))) return { attack, letters };
    }
  }
  return undefined;
}

function textOf({ head, middle, end }: Attack, letters: number): string {
  const times = Math.floor((letters - head.length - end.length) / middle.length);
  return head + middle.repeat(Math.max(1, times)) + end;
}

function isSlow(pattern: RegExp, texts: readonly string[]): boolean {
  Object.assign(world, { pattern, texts });
  try {
    matchAll.runInContext(world, { timeout: LIMIT_MS });
    return false;
  } catch {
    return true;
  }
}
