import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { LogLine, RunLog } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { openForReading, type Session } from '../session.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly follow?: boolean;
  readonly tail?: string;
}

const PAGE_LINES = 2000;
const LOOK_EVERY_MS = 300;

/** `runs log RUN`: the lines of a run, to the end of what there is, or to the end of the run. */
export function runLogCommand({ say, act }: Frame): Command {
  return new Command('log')
    .description(say('help.runLog'))
    .argument('<run>', say('argument.run'))
    .option('--follow', say('option.follow'))
    .option('--tail <count>', say('option.tail'))
    .action(act((context, run: string, options: Options) => showLog(context, run, options)));
}

async function showLog(context: Context, run: string, { follow = false, tail }: Options): Promise<number> {
  const id = wholeNumber(context, 'RUN', run);
  const last = tail === undefined ? undefined : wholeNumber(context, '--tail', tail);
  const stop = listenForStop(() => {});
  const session = await openForReading(context);
  try {
    const lines = await printLines(context, session, id, { last, follow, signal: stop.signal });
    if (lines === 0) context.output.line(context.say('log.none', { run: id }));
    return EXIT.ok;
  } finally {
    await session.close();
    stop.release();
  }
}

/** Prints page after page; returns how many lines there were. */
async function printLines(
  context: Context,
  { api }: Session,
  id: number,
  wish: { readonly last: number | undefined; readonly follow: boolean; readonly signal: AbortSignal },
): Promise<number> {
  let page: RunLog = await api.runLog(
    id,
    wish.last === undefined ? { limit: PAGE_LINES } : { tail: wish.last },
  );
  let lines = 0;
  for (;;) {
    context.output.result(page);
    for (const line of page.lines) context.output.line(textOf(line));
    lines += page.lines.length;
    const isRead = page.lines.length < PAGE_LINES;
    if (wish.signal.aborted || page.ended || (isRead && !wish.follow)) return lines;
    if (isRead) await sleep(LOOK_EVERY_MS, undefined, { signal: wish.signal }).catch(() => {});
    page = await api.runLog(id, { after: page.next, limit: PAGE_LINES });
  }
}

function textOf({ at, stream, line }: LogLine): string {
  return `${instant(at).slice(11)} ${stream.padEnd(5)} ${plain(line)}`;
}

/** What a program wrote must not steer the terminal. */
function plain(line: string): string {
  return line.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\u00b7');
}
