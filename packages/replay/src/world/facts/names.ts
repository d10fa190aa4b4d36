import { addDays, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { Facts, NameFact } from '../facts.ts';
import type { Instrument } from '../universe.ts';
import { drawsOf, wholeOf } from './draws.ts';
import type { Market } from './market.ts';

const FIRST_NAME = '上市';
const RENAMED = '改名';
const ST = 'ST';
const LIFTED = '摘帽';
/** How many stocks had another name once, and how many were under special treatment before the bars. */
const WERE_RENAMED = 0.08;
const WERE_ST = 0.04;
const LAST_WORDS = ['实业', '控股', '科技', '发展'];

/** Names of a stock; special treatment is what the bars say, or else lies before them. */
export function namesOf(market: Market, seed: number): Facts['names'] {
  const made = new Map<Symbol, readonly NameFact[]>();
  return (symbol) => {
    let names = made.get(symbol);
    if (names === undefined) {
      const instrument = market.instrument(symbol);
      names = instrument === undefined ? [] : spans(market, changesOf(market, seed, instrument));
      made.set(symbol, names);
    }
    return names;
  };
}

interface Change {
  readonly day: PlainDay;
  readonly name: string;
  readonly reason: string;
}

function changesOf(market: Market, seed: number, instrument: Instrument): readonly Change[] {
  const { symbol, listDate } = instrument;
  const plain = instrument.name.replace(/^(?:S?\*?ST|SST)/, '');
  const draw = drawsOf(seed, 'names', symbol);
  const old =
    draw() < WERE_RENAMED ? plain.slice(0, 2) + LAST_WORDS[wholeOf(draw, LAST_WORDS.length)]! : plain;
  const renamed = addDays(market.firstDay, -200 - wholeOf(draw, 600));
  const treated = addDays(renamed, -900);
  const changes: Change[] = [{ day: listDate, name: renamed > listDate ? old : plain, reason: FIRST_NAME }];
  if (draw() < WERE_ST && addDays(treated, -400) > listDate) {
    changes.push({ day: openFrom(market, treated), name: ST + old, reason: ST });
    changes.push({ day: openFrom(market, addDays(treated, 380)), name: old, reason: LIFTED });
  }
  if (old !== plain && renamed > listDate)
    changes.push({ day: openFrom(market, renamed), name: plain, reason: RENAMED });
  const treatments = market.treatments(symbol);
  for (const { day, begins } of treatments ?? [])
    changes.push({ day, name: begins ? ST + plain : plain, reason: begins ? ST : LIFTED });
  // Bars that say nothing of it leave the list's own word as the last one.
  if (treatments === undefined && plain !== instrument.name) {
    const day = market.firstDay > listDate ? market.firstDay : addDays(listDate, 1);
    changes.push({ day, name: instrument.name, reason: ST });
  }
  return changes;
}

function openFrom({ openDays, openIndex }: Market, day: PlainDay): PlainDay {
  return openDays[openIndex(day)] ?? day;
}

/** Each name lasts up to the day before the next; a name of the same day takes the place of the one before. */
function spans({ openDays, openIndex }: Market, changes: readonly Change[]): readonly NameFact[] {
  const kept = changes.filter(
    ({ day, name }, index) =>
      changes[index + 1]?.day !== day && (index === 0 || changes[index - 1]!.name !== name),
  );
  return kept.map(({ day, name, reason }, index) => {
    const next = kept[index + 1];
    return {
      name,
      from: day,
      to: next === undefined ? undefined : addDays(next.day, -1),
      announced: index === 0 ? day : (openDays[openIndex(day) - 1] ?? day),
      reason,
    };
  });
}
