import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import type { Run } from '@tapekeeper/contract';
import { AMOUNT_UNITS, AppError, EXIT, isAppError, VOLUME_UNITS } from '@tapekeeper/core';
import type { AmountUnit, VolumeUnit } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { followRun } from '../followRun.ts';
import { count } from '../output/format.ts';
import { showProgress } from '../output/progress.ts';
import { requireDataset } from '../requireDataset.ts';
import { exitOfRun } from '../runExit.ts';
import { openForWorking } from '../session.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly dataset: string;
  readonly volume?: VolumeUnit;
  readonly amount?: AmountUnit;
  readonly symbol?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
}

/** `import FILE`: rows that somebody has in a file. */
export function importCommand({ say, act }: Frame): Command {
  return new Command('import')
    .description(say('help.import'))
    .argument('<file>', say('argument.importFile'))
    .option('--dataset <dataset>', say('option.importDataset'), 'daily_bars')
    .addOption(new Option('--volume <unit>', say('option.volumeUnit')).choices(VOLUME_UNITS))
    .addOption(new Option('--amount <unit>', say('option.amountUnit')).choices(AMOUNT_UNITS))
    .option('--symbol <symbol>', say('option.importSymbol'))
    .option('--replace', say('option.importReplace'))
    .option('--dry-run', say('option.importDryRun'))
    .action(act((context, file: string, options: Options) => bringIn(context, file, options)));
}

async function bringIn(context: Context, path: string, options: Options): Promise<number> {
  const { output, say } = context;
  const dataset = requireDataset(context, options.dataset);
  const file = { name: basename(path), data: await dataOf(context, path) };
  const { volume, amount, symbol } = options;
  const query = {
    dataset,
    ...(volume && { volume }),
    ...(amount && { amount }),
    ...(symbol && { symbol }),
    ...(options.replace === true && { replace: 'true' }),
    ...(options.dryRun === true && { dryRun: 'true' }),
  };
  const stop = listenForStop(() => output.note(say('stop.asked')));
  const session = await openForWorking(context);
  const progress = showProgress(say);
  try {
    const asked = await session.api.importFile(query, file);
    const run = await followRun(session.api, asked.id, progress.show, stop.signal);
    progress.end();
    output.result(run);
    if (run.error === null)
      output.line(say(options.dryRun === true ? 'import.would' : 'import.done', facts(run)));
    else output.note(`tapekeeper: ${run.error.message}`);
    return exitOfRun(run);
  } catch (error) {
    progress.end();
    if (!isAppError(error, 'interrupted')) throw error;
    return EXIT.busy;
  } finally {
    await session.close();
    stop.release();
  }
}

async function dataOf({ say }: Context, path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (error) {
    throw new AppError(
      'usage',
      { problem: say('import.unreadable', { file: path }), command: 'import ' },
      error,
    );
  }
}

function facts({ id, result }: Run): Record<string, string | number> {
  const refused = Object.values((result?.['refused'] ?? {}) as Record<string, number>);
  const figure = (name: string): string => count(Number(result?.[name] ?? 0));
  const day = (name: string): string => {
    const value = result?.[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    run: id,
    from: day('from'),
    to: day('to'),
    rows: figure('rows'),
    symbols: figure('symbols'),
    written: figure('written'),
    unchanged: figure('unchanged'),
    kept: figure('kept'),
    refused: count(refused.reduce((sum, one) => sum + one, 0)),
  };
}
