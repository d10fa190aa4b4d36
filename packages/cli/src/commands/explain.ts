import { Command } from 'commander';
import { AppError, EXIT } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { jobExplanationText } from '../output/jobExplanation.ts';
import { runExplanationText } from '../output/runExplanation.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly at?: string;
}

/** What a person asks about. */
type Subject = { readonly kind: 'run'; readonly id: number } | { readonly kind: 'job'; readonly job: string };

/** `explain WHAT [--at TIME]`: why a job ran or not, or what a run is doing. */
export function explainCommand({ say, act }: Frame): Command {
  return new Command('explain')
    .description(say('help.explain'))
    .argument('<what>', say('argument.explain'))
    .option('--at <time>', say('option.explainAt'))
    .action(act((context, what: string, options: Options) => explain(context, what, options)));
}

async function explain(context: Context, what: string, { at }: Options): Promise<number> {
  const { output } = context;
  const subject = subjectOf(context, what, at);
  const session = await openForReading(context);
  try {
    if (subject.kind === 'run') {
      const explanation = await session.api.explainRun(subject.id);
      const progress = await session.api.runSteps(subject.id);
      output.result({ ...explanation, progress });
      output.line(runExplanationText(context, explanation, progress));
    } else {
      const explanation = await session.api.explainJob(subject.job, at);
      output.result(explanation);
      output.line(jobExplanationText(context, explanation));
    }
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** A bare number is a run, or with a time a job: only jobs are asked about times. Throws `usage`. */
function subjectOf({ say }: Context, what: string, at: string | undefined): Subject {
  const [, kind = '', name = ''] = /^(?:(run|job):)?(.+)$/.exec(what) ?? [];
  const isNumber = /^\d{1,15}$/.test(name);
  if (kind === 'run' && at !== undefined) throw usage(say('usage.explainRunAt'));
  if (name === '' || (kind === 'run' && !isNumber)) throw usage(say('usage.explainWhat', { what }));
  if (kind === 'run' || (kind === '' && isNumber && at === undefined)) {
    return { kind: 'run', id: Number(name) };
  }
  return { kind: 'job', job: name };
}

function usage(problem: string): AppError {
  return new AppError('usage', { problem, command: 'explain ' });
}
