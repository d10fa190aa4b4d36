import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { MismatchList, Reconciliation } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { symbolList, wholeNumber } from '../arguments.ts';
import type { Api } from '@tapekeeper/client';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { bad, good } from '../output/style.ts';
import { table } from '../output/table.ts';
import { requireDataset } from '../requireDataset.ts';
import { openForReading, openForWorking } from '../session.ts';
import { authorOf, required } from './accept.ts';

interface Options {
  readonly day?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly symbols?: string;
  readonly source?: string;
  readonly author?: string;
  readonly list?: boolean;
}

const LOOK_EVERY_MS = 500;
const SHOWN_MISMATCHES = 50;

/** `reconcile DATASET`: asks the other sources for a sample of what is covered, and says how often they differ. */
export function reconcileCommand({ say, act }: Frame): Command {
  return new Command('reconcile')
    .description(say('help.reconcile'))
    .argument('[dataset]', say('argument.dataset'))
    .option('--day <day>', say('option.reconcileDay'))
    .option('--sample <cells>', say('option.sample'))
    .option('--seed <number>', say('option.sampleSeed'))
    .option('--symbols <list>', say('option.symbols'))
    .option('--source <list>', say('option.source'))
    .option('--author <name>', say('option.author'))
    .option('--list', say('option.reconcileList'))
    .action(
      act((context, dataset: string | undefined, options: Options) => reconcile(context, dataset, options)),
    );
}

async function reconcile(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { output, say } = context;
  const dataset = name === undefined ? undefined : requireDataset(context, name);
  if (options.list === true) return list(context, dataset);
  const number = (option: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : wholeNumber(context, option, text);
  const body = {
    dataset: required(context, 'reconcile', 'DATASET', dataset),
    day: options.day,
    sampleSize: number('--sample', options.sample),
    seed: number('--seed', options.seed),
    symbols: options.symbols === undefined ? undefined : [...(await symbolList(context, options.symbols))],
    sources: options.source?.split(',').map((source) => source.trim()),
    author: authorOf(options),
  };
  const session = await openForWorking(context);
  try {
    const begun = await session.api.beginReconciliation(body);
    output.note(say('reconcile.begun', { id: begun.id, day: begun.day, seed: begun.seed }));
    const report = await ended(session.api, begun);
    const { mismatches, next } = await session.api.mismatches(report.id, { limit: SHOWN_MISMATCHES });
    output.result({ ...report, mismatches, moreMismatches: next !== null });
    output.line(reportText(context, report, mismatches));
    if (next !== null) output.line(say('reconcile.more', { id: report.id, count: SHOWN_MISMATCHES }));
    return report.state === 'done' ? EXIT.ok : EXIT.unavailable;
  } finally {
    await session.close();
  }
}

async function ended(api: Api, begun: Reconciliation): Promise<Reconciliation> {
  for (let report = begun; ; report = await api.reconciliation(begun.id)) {
    if (report.state !== 'running') return report;
    await sleep(LOOK_EVERY_MS);
  }
}

function reportText(
  context: Context,
  report: Reconciliation,
  mismatches: MismatchList['mismatches'],
): string {
  const { say } = context;
  const { dataset, day, cells, calls, notes } = report;
  return [
    report.error === null
      ? say('reconcile.done', { dataset, day, cells: count(cells), calls: count(calls) })
      : bad(say('reconcile.failed', { message: report.error.message })),
    ...notes.map(({ source, note }) => `${source}: ${note}`),
    ...(report.rates.length === 0 ? [] : ['', rateTable(context, report.rates)]),
    ...(mismatches.length === 0 ? [] : ['', mismatchTable(context, mismatches)]),
  ].join('\n');
}

function rateTable({ say }: Context, rates: Reconciliation['rates']): string {
  return table(
    [
      { title: say('column.ours') },
      { title: say('column.theirs') },
      { title: say('column.field') },
      { title: say('column.compared'), align: 'right' },
      { title: say('column.differ'), align: 'right' },
      { title: say('column.unit'), align: 'right' },
      { title: say('column.adjustment'), align: 'right' },
      { title: say('column.late'), align: 'right' },
      { title: say('column.real'), align: 'right' },
    ],
    rates.map(({ ours, theirs, field, compared, mismatches, rate, kinds }) => [
      ours,
      theirs,
      field,
      count(compared),
      mismatches === 0 ? good('0 %') : bad(`${(rate * 100).toFixed(1)} %`),
      orDash(kinds.unit || null),
      orDash(kinds.adjustment || null),
      orDash(kinds.late || null),
      orDash(kinds.real || null),
    ]),
  );
}

function mismatchTable({ say }: Context, mismatches: MismatchList['mismatches']): string {
  return table(
    [
      { title: say('column.symbol') },
      { title: say('column.field') },
      { title: say('column.ours') },
      { title: say('column.theirs') },
      { title: say('column.kind') },
      { title: say('column.detail') },
    ],
    mismatches.map((one) => [
      one.symbol,
      one.field,
      `${String(one.ourValue ?? '-')} (${one.ours})`,
      `${String(one.theirValue ?? '-')} (${one.theirs})`,
      one.kind,
      orDash(one.detail),
    ]),
  );
}

async function list(context: Context, dataset: string | undefined): Promise<number> {
  const { output, say } = context;
  const session = await openForReading(context);
  try {
    const found = await session.api.reconciliations({ dataset, limit: 20 });
    output.result(found);
    const columns = [
      'column.id',
      'column.dataset',
      'column.day',
      'column.state',
      'column.cells',
      'column.differ',
      'column.started',
    ] as const;
    const rows = found.reconciliations.map((one) => [
      String(one.id),
      one.dataset,
      one.day,
      one.state,
      count(one.cells),
      count(one.rates.reduce((total, { mismatches }) => total + mismatches, 0)),
      instant(one.startedAt),
    ]);
    output.line(
      rows.length === 0
        ? say('reconcile.none')
        : table(
            columns.map((key) => ({ title: say(key) })),
            rows,
          ),
    );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
