import { Command } from 'commander';
import type { Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { showAttempts, type AttemptOptions } from '../output/attempts.ts';
import { openForReading, type Session } from '../session.ts';
import { authorOf, required } from './accept.ts';

interface Options {
  readonly author?: string;
  readonly reason?: string;
  readonly force?: boolean;
}

/** The commands under `runs` that do something to one run, or tell how often it was tried. */
export function runControlCommands({ say, act }: Frame): readonly Command[] {
  const ofRun = (name: string, key: Parameters<typeof say>[0]): Command =>
    new Command(name).description(say(key)).argument('<run>', say('argument.run'));
  const authored = (command: Command): Command => command.option('--author <name>', say('option.author'));
  return [
    authored(ofRun('cancel', 'help.runCancel'))
      .option('--reason <text>', say('option.reason'))
      .option('--force', say('option.forceCancel'))
      .action(act((context, run: string, options: Options) => cancel(context, run, options))),
    authored(ofRun('pause', 'help.runPause')).action(
      act((context, run: string, options: Options) => pause(context, run, options)),
    ),
    authored(ofRun('resume', 'help.runResume')).action(
      act((context, run: string, options: Options) => takeUp(context, run, options, 'resumeRun')),
    ),
    authored(ofRun('retry', 'help.runRetry')).action(
      act((context, run: string, options: Options) => takeUp(context, run, options, 'retryRun')),
    ),
    authored(ofRun('fail', 'help.runFail'))
      .option('--reason <text>', say('option.reason'))
      .action(act((context, run: string, options: Options) => fail(context, run, options))),
    ofRun('delete', 'help.runDelete').action(act((context, run: string) => remove(context, run))),
    ofRun('attempts', 'help.runAttempts')
      .option('--failed', say('option.failedOnly'))
      .option('--limit <count>', say('option.limit'))
      .action(act((context, run: string, options: AttemptOptions) => attempts(context, run, options))),
  ];
}

function cancel(context: Context, run: string, options: Options): Promise<number> {
  const { reason = '', force = false } = options;
  return withRun(context, run, async ({ api }, id) => {
    const after = await api.cancelRun(id, { author: authorOf(options), reason, force });
    tell(context, after, after.state === 'cancelled' ? 'control.cancelled' : 'control.cancelling');
  });
}

function pause(context: Context, run: string, options: Options): Promise<number> {
  return withRun(context, run, async ({ api }, id) => {
    const after = await api.pauseRun(id, { author: authorOf(options) });
    tell(context, after, after.state === 'paused' ? 'control.paused' : 'control.pausing');
  });
}

function takeUp(
  context: Context,
  run: string,
  options: Options,
  how: 'resumeRun' | 'retryRun',
): Promise<number> {
  return withRun(context, run, async ({ api }, id) => {
    const after = await api[how](id, { author: authorOf(options) });
    tell(context, after, after.id === id ? 'control.goesOn' : 'control.newRun', id);
  });
}

function fail(context: Context, run: string, options: Options): Promise<number> {
  const reason = required(context, 'runs fail', '--reason', options.reason);
  return withRun(context, run, async ({ api }, id) => {
    tell(context, await api.failRun(id, { author: authorOf(options), reason }), 'control.failed');
  });
}

function remove(context: Context, run: string): Promise<number> {
  return withRun(context, run, async ({ api }, id) => {
    context.output.result(await api.deleteRun(id));
    context.output.line(context.say('control.deleted', { run: id }));
  });
}

function attempts(context: Context, run: string, options: AttemptOptions): Promise<number> {
  return withRun(context, run, ({ api }, id) => showAttempts(context, api, id, options));
}

function tell({ output, say }: Context, run: Run, key: Parameters<typeof say>[0], former?: number): void {
  output.result(run);
  output.line(say(key, { run: run.id, ...(former !== undefined && { former }) }));
}

async function withRun(
  context: Context,
  run: string,
  work: (session: Session, id: number) => Promise<void>,
): Promise<number> {
  const id = wholeNumber(context, 'RUN', run);
  const session = await openForReading(context);
  try {
    await work(session, id);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
