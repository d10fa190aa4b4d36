import { publishedSteps } from '../faults/dataFaults.ts';
import type { Universe } from '../world/universe.ts';
import { backFactor, foreFactor } from './adjustment.ts';
import { type BaostockQuestion, listed, rangeOf, symbolOfCode } from './question.ts';

/**
 * Factors on the days that change them. The first bar's day counts as one where the factor is not 1
 * by then, for the ex-dates before the data begin.
 */
export function adjustFactorQuestion(universe: Universe): BaostockQuestion {
  return {
    method: 'query_adjust_factor',
    requestType: '15',
    replyType: '16',
    params: ['code', 'start_date', 'end_date'],
    fields: 'code,dividOperateDate,foreAdjustFactor,backAdjustFactor,adjustFactor',
    packed: false,
    answer([code = '', start = '', end = ''], faults) {
      const [from, to] = rangeOf(start, end, universe.lastDay);
      const instrument = universe.instrument(symbolOfCode(code));
      if (instrument === undefined) return listed([], () => []);
      const steps = publishedSteps(faults, universe.factors(instrument.index));
      const changes = steps.days
        .map((day, index) => ({ day, text: steps.texts[index]!, first: index === 0 }))
        .filter(({ day, text, first }) => day >= from && day <= to && !(first && Number(text) === 1));
      return listed(changes, ({ day, text }) => [
        code.toLowerCase(),
        day,
        foreFactor(text, steps),
        backFactor(text),
        backFactor(text),
      ]);
    },
  };
}
