import { Command } from 'commander';
import { followLive, type LiveClient } from '@tapekeeper/client';
import { AppError, EXIT, isoInstant, type LiveEvent } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { serverOf } from '../session.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly follow?: boolean;
  readonly last?: string;
  readonly after?: string;
}

const DEFAULT_TOPICS = ['runs', 'fires', 'jobs', 'sources', 'workers', 'incidents'] as const;
const DEFAULT_LAST = 100;

/** `events [TOPIC …]`: what has happened lately; with `--follow` what happens from there on. */
export function eventsCommand({ say, act }: Frame): Command {
  return new Command('events')
    .description(say('help.events'))
    .argument('[topics...]', say('argument.topics'))
    .option('--follow', say('option.followEvents'))
    .option('--last <count>', say('option.last'))
    .option('--after <number>', say('option.afterEvent'))
    .action(
      act((context, topics: readonly string[], options: Options) => showEvents(context, topics, options)),
    );
}

async function showEvents(context: Context, topics: readonly string[], options: Options): Promise<number> {
  const { output, say } = context;
  const last = options.last === undefined ? DEFAULT_LAST : wholeNumber(context, '--last', options.last);
  const after = options.after === undefined ? undefined : wholeNumber(context, '--after', options.after);
  const server = await serverOf(context);
  if (server === undefined) throw new AppError('live_unavailable');
  const stop = listenForStop(() => client.close());
  let told = 0;
  const client: LiveClient = followLive({
    ...server,
    tries: 3,
    topics: topics.length === 0 ? DEFAULT_TOPICS : topics,
    ...(after === undefined ? { last } : { after }),
    onEvents(events) {
      told += events.length;
      for (const event of events) show(context, event);
    },
    onResync: (upTo) => output.note(say('events.resync', { upTo })),
    onUpTo(upTo) {
      if (options.follow !== true && upTo >= (client.latest ?? 0)) client.close();
    },
    onState(state) {
      if (state === 'lost') output.note(say('events.lost'));
    },
  });
  try {
    await client.ended;
  } finally {
    stop.release();
  }
  if (told === 0 && options.follow !== true) output.line(say('events.none'));
  return EXIT.ok;
}

function show({ output }: Context, event: LiveEvent): void {
  const { seq, kind, at, payload } = event;
  output.result(event);
  const facts = Object.entries(payload)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  output.line(
    `${instant(isoInstant(at))} ${String(seq).padStart(7)} ${kind.padEnd(10)} ${plain(facts.join(' '))}`,
  );
}

/** What people named must not steer the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}
