import { Command } from 'commander';
import { EXIT } from '@tapekeeper/core';
import { restore } from '@tapekeeper/server/upkeep/backUp';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { backupProgress } from '../output/backupProgress.ts';
import { listenForStop } from '../stopSignal.ts';
import { facts } from './backup.ts';

/** `restore FILE`: a new installation from a backup, all of it or nothing. */
export function restoreCommand({ say, act }: Frame): Command {
  return new Command('restore')
    .description(say('help.restore'))
    .argument('<file>', say('argument.backupFile'))
    .action(act((context, file: string) => restoreFrom(context, file)));
}

async function restoreFrom(context: Context, file: string): Promise<number> {
  const { config, log, output, say } = context;
  const startedAt = performance.now();
  const stop = listenForStop(() => output.note(say('stop.asked')));
  const progress = backupProgress(say);
  try {
    const summary = await restore(config, log, { file, onProgress: progress.show, signal: stop.signal });
    progress.end();
    const ms = performance.now() - startedAt;
    output.line(say('restore.done', { ...facts(summary, ms), dir: config.dataDir }));
    output.result({ ...summary, dataDir: config.dataDir, seconds: ms / 1000 });
    return EXIT.ok;
  } finally {
    progress.end();
    stop.release();
  }
}
