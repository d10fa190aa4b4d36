import type { JobExplanation } from '@tapekeeper/contract';
import type { Context } from '../context.ts';
import { instant } from './format.ts';
import { bad, bold, good, stateText, warning } from './style.ts';
import { pairs } from './table.ts';

/** The verdict about a job first, then what it rests on. */
export function jobExplanationText(
  { say, language }: Pick<Context, 'say' | 'language'>,
  explanation: JobExplanation,
): string {
  const { job, verdict, text, notes, run, blockedBy, previous, next } = explanation;
  const moments = [
    previous && say('explain.before', { time: instant(previous.scheduledFor) }),
    next && say('explain.after', { time: instant(next.scheduledFor) }),
  ].filter((one) => one !== null);
  const facts: (readonly [string, string])[] = [
    ...(run === null ? [] : [[say('explain.run'), otherText(run)] as const]),
    ...(blockedBy.length === 0
      ? []
      : [[say('explain.blockedBy'), blockedBy.map(otherText).join(', ')] as const]),
    ...(moments.length === 0 ? [] : [[say('explain.moments'), moments.join('  ')] as const]),
  ];
  return [
    `${bold(job.key)}  ${job.name}  ${job.state}`,
    `${verdictText(verdict, say(`explain.verdict.${verdict}`))}  ${text[language]}`,
    ...notes.map((note) => warning(note.text[language])),
    facts.length === 0 ? undefined : pairs(facts),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** `12 daily_bars failed` */
export function otherText({ id, job, dataset, type, state }: NonNullable<JobExplanation['run']>): string {
  return `${id} ${job ?? dataset ?? type} ${stateText(state)}`;
}

function verdictText(verdict: JobExplanation['verdict'], word: string): string {
  switch (verdict) {
    case 'ran':
    case 'running':
    case 'will_run':
      return good(word);
    case 'missed':
    case 'will_not_run':
      return bad(word);
    case 'skipped':
    case 'not_active':
    case 'undecided':
      return warning(word);
    case 'no_moment':
      return bold(word);
  }
}
