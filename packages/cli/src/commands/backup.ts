import { Command } from 'commander';
import { EXIT } from '@tapekeeper/core';
import { backUp, type BackupSummary } from '@tapekeeper/server/upkeep/backUp';
import { backupProgress } from '../output/backupProgress.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, duration, size } from '../output/format.ts';
import { listenForStop } from '../stopSignal.ts';

/** `backup FILE`: all data as of one moment, while work goes on. */
export function backupCommand({ say, act }: Frame): Command {
  return new Command('backup')
    .description(say('help.backup'))
    .argument('<file>', say('argument.backupFile'))
    .action(act((context, file: string) => makeBackup(context, file)));
}

async function makeBackup(context: Context, file: string): Promise<number> {
  const { config, log, output, say } = context;
  const startedAt = performance.now();
  const stop = listenForStop(() => output.note(say('stop.asked')));
  const progress = backupProgress(say);
  try {
    const summary = await backUp(config, log, { file, onProgress: progress.show, signal: stop.signal });
    progress.end();
    const ms = performance.now() - startedAt;
    output.line(say('backup.done', facts(summary, ms)));
    output.result({ ...summary, seconds: ms / 1000 });
    return EXIT.ok;
  } finally {
    progress.end();
    stop.release();
  }
}

/** What a summary says of a backup, for texts. */
export function facts(summary: BackupSummary, ms: number): Record<string, string> {
  return {
    file: summary.file,
    tables: count(summary.tables),
    rows: count(summary.rows),
    size: size(summary.bytes),
    time: duration(ms),
  };
}
