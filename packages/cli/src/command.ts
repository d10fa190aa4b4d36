import { Command } from 'commander';
import { AppError, type Language } from '@tapekeeper/core';
import { contextOf, type Context } from './context.ts';
import type { GlobalOptions } from './settings.ts';
import type { Say } from './texts.ts';

/** What a command does with its arguments and options; the number is the exit code. */
type Work<Args extends readonly unknown[]> = (context: Context, ...args: Args) => Promise<number>;

/** What the files of commands/ build their commands with. */
export interface Frame {
  readonly say: Say;
  /** Makes commander's action of a work, with a log for people unless the command runs as a service. */
  act<Args extends readonly unknown[]>(
    work: Work<Args>,
    isService?: (options: GlobalOptions) => boolean,
  ): (...given: unknown[]) => Promise<void>;
}

/** A frame that hands the exit code of the command at work to `finish`. */
export function createFrame(say: Say, language: Language, finish: (exit: number) => void): Frame {
  return {
    say,
    act:
      <Args extends readonly unknown[]>(
        work: Work<Args>,
        isService: (options: GlobalOptions) => boolean = () => false,
      ) =>
      async (...given: unknown[]) => {
        const command = given.at(-1);
        if (!(command instanceof Command))
          throw new AppError('internal', { message: 'an action without a command' });
        const options: GlobalOptions = command.optsWithGlobals();
        if (options.sources === true && command.name() !== 'doctor') {
          throw new AppError('usage', { problem: say('usage.sources'), command: `${command.name()} ` });
        }
        const context = contextOf(options, language, isService(options) ? 'json' : 'plain');
        // commander hands over the arguments and options that the command declares, in that order
        finish(await work(context, ...(given.slice(0, -1) as unknown as Args)));
      },
  };
}
