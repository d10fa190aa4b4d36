import { Command, Option } from 'commander';
import { JOB_RANKINGS, WINDOW_LENGTHS } from '@tapekeeper/contract';
import { FAILURE_KINDS, GRAINS } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import {
  diskText,
  errorTable,
  figuresText,
  loadText,
  subjectTable,
  trendTable,
} from '../output/statisticsTables.ts';
import { tableSizes } from '../output/tableSizes.ts';

interface WindowOptions {
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
  readonly every?: string;
}

interface JobOptions extends WindowOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly after?: string;
}

interface ErrorOptions extends WindowOptions {
  readonly kind?: string;
  readonly code?: string;
  readonly source?: string;
  readonly dataset?: string;
  readonly limit?: string;
  readonly after?: string;
}

/** `statistics`: the newest figures of each data set; its children tell of runs, failures, load and disk. */
export function statisticsCommand({ say, act }: Frame): Command {
  const part = (name: string, help: Parameters<typeof say>[0]): Command =>
    new Command(name).description(say(help));
  const windowed = (command: Command, every = true): Command => {
    command
      .addOption(new Option('--last <length>', say('option.last')).choices(WINDOW_LENGTHS))
      .option('--from <day>', say('option.windowFrom'))
      .option('--to <day>', say('option.windowTo'));
    return every
      ? command.addOption(new Option('--every <stretch>', say('option.every')).choices(GRAINS))
      : command;
  };
  return new Command('statistics')
    .description(say('help.statistics'))
    .addCommand(part('tables', 'help.statisticsTables').action(act((context) => showTables(context))), {
      isDefault: true,
    })
    .addCommand(
      windowed(part('runs', 'help.statisticsRuns')).action(
        act((context, options: WindowOptions) => showRuns(context, options)),
      ),
    )
    .addCommand(
      windowed(part('jobs', 'help.statisticsJobs').argument('[job]', say('argument.job')))
        .addOption(new Option('--sort <figure>', say('option.rankedBy')).choices(JOB_RANKINGS))
        .option('--limit <count>', say('option.limit'))
        .option('--after <cursor>', say('option.cursor'))
        .action(
          act((context, job: string | undefined, options: JobOptions) => showJobs(context, job, options)),
        ),
    )
    .addCommand(
      windowed(part('datasets', 'help.statisticsDatasets')).action(
        act((context, options: WindowOptions) => showDatasets(context, options)),
      ),
    )
    .addCommand(
      windowed(part('sources', 'help.statisticsSources')).action(
        act((context, options: WindowOptions) => showSources(context, options)),
      ),
    )
    .addCommand(
      windowed(part('errors', 'help.statisticsErrors'), false)
        .addOption(new Option('--kind <kind>', say('option.failureKind')).choices(FAILURE_KINDS))
        .option('--code <code>', say('option.errorCode'))
        .option('--source <name>', say('option.failureSource'))
        .option('--dataset <name>', say('option.dataset'))
        .option('--limit <count>', say('option.limit'))
        .option('--after <cursor>', say('option.cursor'))
        .action(act((context, options: ErrorOptions) => showErrors(context, options))),
    )
    .addCommand(part('workers', 'help.statisticsWorkers').action(act((context) => showWorkers(context))))
    .addCommand(part('disk', 'help.statisticsDisk').action(act((context) => showDisk(context))));
}

function showTables(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const statistics = await api.statistics();
    output.result(statistics);
    if (statistics.tables.length === 0) output.line(say('statistics.none'));
    else output.line(tableSizes(context, statistics));
    if (statistics.tables.some(({ rowsExact }) => !rowsExact)) output.line(say('statistics.estimated'));
  });
}

function showRuns(context: Context, options: WindowOptions): Promise<number> {
  return asking(context, async (api) => {
    const statistics = await api.runStatistics(options);
    context.output.result(statistics);
    context.output.line(figuresText(context, statistics));
    if (statistics.trend.length > 0) context.output.line(`\n${trendTable(context, statistics.trend)}`);
  });
}

function showJobs(context: Context, job: string | undefined, options: JobOptions): Promise<number> {
  const { output, say } = context;
  const { sort, limit, after, every, ...window } = options;
  return asking(context, async (api) => {
    if (job !== undefined) {
      const one = await api.statisticsOfJob(job, { ...window, every });
      output.result(one);
      output.line(figuresText(context, one));
      if (one.trend.length > 0) output.line(`\n${trendTable(context, one.trend)}`);
      return;
    }
    const list = await api.jobStatistics({ ...window, sort, after, limit: limitOf(context, limit) });
    output.result(list);
    const jobs = list.jobs.map((one) => ({ name: one.job.key ?? String(one.job.id), figures: one.figures }));
    output.line(jobs.length === 0 ? say('runs.none') : subjectTable(context, say('column.job'), jobs));
    if (list.next !== null) output.line(say('statistics.more', { cursor: list.next }));
  });
}

function showDatasets(context: Context, options: WindowOptions): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const list = await api.datasetStatistics(options);
    output.result(list);
    const datasets = list.datasets.map(({ dataset, figures }) => ({ name: dataset, figures }));
    output.line(
      datasets.length === 0 ? say('runs.none') : subjectTable(context, say('column.dataset'), datasets),
    );
  });
}

function showSources(context: Context, options: WindowOptions): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const list = await api.sourceStatistics(options);
    output.result(list);
    const sources = list.sources.map(({ source, figures }) => ({ name: source, figures }));
    output.line(
      sources.length === 0 ? say('runs.none') : subjectTable(context, say('column.source'), sources),
    );
  });
}

function showErrors(context: Context, { limit, ...options }: ErrorOptions): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const list = await api.errorStatistics({ ...options, limit: limitOf(context, limit) });
    output.result(list);
    output.line(list.groups.length === 0 ? say('statistics.noErrors') : errorTable(context, list));
    if (list.next !== null) output.line(say('statistics.more', { cursor: list.next }));
  });
}

function showWorkers(context: Context): Promise<number> {
  return asking(context, async (api) => {
    const load = await api.workerStatistics();
    context.output.result(load);
    context.output.line(loadText(context, load));
  });
}

function showDisk(context: Context): Promise<number> {
  return asking(context, async (api) => {
    const disk = await api.diskForecast();
    context.output.result(disk);
    context.output.line(diskText(context, disk));
  });
}

const DEFAULT_LIMIT = 20;

function limitOf(context: Context, text: string | undefined): number {
  return text === undefined ? DEFAULT_LIMIT : wholeNumber(context, '--limit', text);
}
