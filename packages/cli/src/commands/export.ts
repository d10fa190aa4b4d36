import { Command, Option } from 'commander';
import { ADJUSTS, AppError, EXIT } from '@tapekeeper/core';
import {
  exportFile,
  exportQlib,
  FORMAT_IDS,
  type ExportProgress,
  type FormatId,
} from '@tapekeeper/server/upkeep/exportData';
import { symbolList, wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { exportProgress } from '../output/exportProgress.ts';
import { count, duration, size } from '../output/format.ts';
import { requireDataset } from '../requireDataset.ts';
import { listenForStop } from '../stopSignal.ts';

interface Options {
  readonly out?: string;
  readonly format?: FormatId;
  readonly qlib?: string;
  readonly symbols?: string;
  readonly from?: string;
  readonly to?: string;
  readonly adjust?: string;
  readonly asOf?: string;
  readonly columns?: string;
  readonly interval?: string;
  readonly force?: boolean;
}

/** `export DATASET --out FILE` or `export --qlib DIR`: data as files for other programs. */
export function exportCommand({ say, act }: Frame): Command {
  return new Command('export')
    .description(say('help.export'))
    .argument('[dataset]', say('argument.dataset'))
    .option('--out <file>', say('option.out'))
    .addOption(new Option('--format <format>', say('option.format')).choices(FORMAT_IDS))
    .option('--qlib <dir>', say('option.qlib'))
    .option('--symbols <list>', say('option.symbols'))
    .option('--from <day>', say('option.from'))
    .option('--to <day>', say('option.to'))
    .addOption(new Option('--adjust <how>', say('option.adjust')).choices(ADJUSTS))
    .option('--as-of <time>', say('option.asOf'))
    .option('--columns <list>', say('option.columns'))
    .option('--interval <minutes>', say('option.interval'))
    .option('--force', say('option.forceFile'))
    .action(
      act((context, dataset: string | undefined, options: Options) =>
        options.qlib === undefined ? toFile(context, dataset, options) : toQlib(context, dataset, options),
      ),
    );
}

async function toFile(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { config, log, say } = context;
  if (name === undefined || options.out === undefined) throw usage(say('usage.exportTarget'));
  const file = options.out;
  const dataset = requireDataset(context, name);
  const format = options.format ?? formatOf(context, file);
  const question = { ...(await questionOf(context, options)), dataset };
  return shown(context, dataset, async (work) => {
    const summary = await exportFile(config, log, {
      ...work,
      question,
      file,
      format,
      force: options.force === true,
    });
    return { summary, text: say('export.done', { ...figures(summary), file: summary.file }) };
  });
}

async function toQlib(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { config, log, say } = context;
  const { qlib: dir, out, format, columns, interval, adjust } = options;
  const others = [out, format, columns, interval, adjust];
  const isBars = name === undefined || name === 'daily_bars';
  if (dir === undefined || !isBars || others.some((one) => one !== undefined)) throw usage(say('usage.qlib'));
  const question = { ...(await questionOf(context, options)), dataset: 'daily_bars' };
  return shown(context, 'daily_bars', async (work) => {
    const summary = await exportQlib(config, log, { ...work, question, dir, force: options.force === true });
    const facts = { dir: summary.dir, symbols: count(summary.symbols), days: count(summary.days) };
    return { summary, text: say('export.qlibDone', { ...figures(summary), ...facts }) };
  });
}

interface Shown {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
}

/** Does the work with a bar, and says at the end what was done. */
async function shown(
  { output, say }: Context,
  title: string,
  work: (shown: Shown) => Promise<{ readonly summary: object; readonly text: string }>,
): Promise<number> {
  const startedAt = performance.now();
  const stop = listenForStop(() => output.note(say('stop.asked')));
  const progress = exportProgress(say, title);
  try {
    const { summary, text } = await work({ signal: stop.signal, onProgress: progress.show });
    progress.end();
    const ms = performance.now() - startedAt;
    output.line(`${text} ${say('export.took', { time: duration(ms) })}`);
    output.result({ ...summary, seconds: ms / 1000 });
    return EXIT.ok;
  } finally {
    progress.end();
    stop.release();
  }
}

async function questionOf(context: Context, options: Options) {
  const { from, to, adjust, asOf, symbols, columns, interval } = options;
  return {
    from,
    to,
    adjust,
    asOf,
    symbols: symbols === undefined ? undefined : await symbolList(context, symbols),
    columns: columns?.split(',').map((name) => name.trim()),
    interval: interval === undefined ? undefined : wholeNumber(context, '--interval', interval),
  };
}

/** The format that the file's name ends in. */
function formatOf({ say }: Context, file: string): FormatId {
  const format = FORMAT_IDS.find((each) => file.toLowerCase().endsWith(`.${each}`));
  if (format !== undefined) return format;
  throw usage(say('usage.format', { file, known: FORMAT_IDS.join(', ') }));
}

function figures({ rows, bytes }: { readonly rows: number; readonly bytes: number }): Record<string, string> {
  return { rows: count(rows), size: size(bytes) };
}

function usage(problem: string): AppError {
  return new AppError('usage', { problem, command: 'export ' });
}
