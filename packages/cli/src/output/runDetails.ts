import type { Run, RunSymbols } from '@tapekeeper/contract';
import { DATASETS, type SymbolOutcome } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../context.ts';
import { count, duration, instant, orDash } from './format.ts';
import { stateText, warning } from './style.ts';
import { pairs, table } from './table.ts';
import { spanOf, subjectOf } from './runSubject.ts';

/** Outcomes that are worth a look, the worst first. */
const NOTABLE: readonly SymbolOutcome[] = ['failed', 'quarantined', 'absent', 'fell_back', 'suspended'];
const SYMBOLS_SHOWN = 10;

/** One run: what was asked, what came of it, and the symbols that were not simply served. */
export async function runDetails({ output, say, language }: Context, api: Api, run: Run): Promise<void> {
  const notable = await notableSymbols(api, run);
  output.result({ run, notable });
  output.line(
    pairs([
      [
        say('run.run'),
        `${run.id}  ${say(`run.${run.type}`)} ${subjectOf(run)}${run.dataset === null ? '' : `  ${DATASETS[run.dataset].title[language]}`}`,
      ],
      [say('column.state'), stateText(run.state) + (run.error === null ? '' : `  ${run.error.code}`)],
      [say('run.asked'), `${spanOf(run)}  ${symbolsAsked(say, run)}  ${run.sources.join(', ')}`],
      [say('run.cause'), causeOf(say, run)],
      [say('run.items'), itemsOf(say, run)],
      [
        say('run.rows'),
        say('run.rowsValue', { written: count(run.rowsWritten), unchanged: count(run.rowsUnchanged) }),
      ],
      [say('run.calls'), count(run.calls)],
      [say('run.times'), timesOf(say, run)],
      [say('run.outcomes'), outcomesOf(run)],
    ]),
  );
  if (run.error !== null) output.line(`\n${warning(run.error.message)}`);
  if (run.servedBy.length > 0) output.line(`\n${say('run.servedBy')}\n${servedByTable(say, run)}`);
  if (notable.length === 0) return;
  output.line();
  output.line(
    table(
      [
        { title: say('column.outcome') },
        { title: say('column.symbol') },
        { title: say('column.cells'), align: 'right' },
        { title: say('column.source') },
      ],
      notable.flatMap(({ outcome, symbols, more }) => [
        ...symbols.map(({ symbol, cells, source }) => [outcome, symbol, count(cells), orDash(source)]),
        ...(more ? [[outcome, '…', '', '']] : []),
      ]),
    ),
  );
}

/** One line a source: what it was asked, what it gave, and what became of the symbols. */
function servedByTable(say: Context['say'], run: Run): string {
  return table(
    [
      { title: say('column.source') },
      { title: say('column.items'), align: 'right' },
      { title: say('column.failed'), align: 'right' },
      { title: say('column.calls'), align: 'right' },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.outcome') },
    ],
    run.servedBy.map((one) => [
      one.source,
      count(one.items),
      count(one.itemsFailed),
      count(one.calls),
      count(one.rowsWritten + one.rowsUnchanged),
      outcomesOf(one),
    ]),
  );
}

interface Notable {
  readonly outcome: SymbolOutcome;
  readonly symbols: readonly {
    readonly symbol: string;
    readonly cells: number;
    readonly source: string | null;
  }[];
  /** Whether there are further ones. */
  readonly more: boolean;
}

async function notableSymbols(api: Api, run: Run): Promise<readonly Notable[]> {
  const found: Notable[] = [];
  for (const outcome of NOTABLE) {
    const page: RunSymbols = await api.runSymbols(run.id, { outcome, limit: SYMBOLS_SHOWN });
    const symbols = page.symbols.flatMap(({ symbol, outcomes }) =>
      outcomes
        .filter((one) => one.outcome === outcome)
        .map(({ cells, source }) => ({ symbol, cells, source })),
    );
    if (symbols.length > 0) found.push({ outcome, symbols, more: page.next !== null });
  }
  return found;
}

function symbolsAsked(say: Context['say'], run: Run): string {
  return run.symbols === null ? say('run.allSymbols') : say('run.someSymbols', { count: count(run.symbols) });
}

function causeOf(say: Context['say'], run: Run): string {
  if (run.cause === 'requirement' && run.parentRunId !== null)
    return say('run.requirement', { run: run.parentRunId });
  return say(`cause.${run.cause}`);
}

function itemsOf(say: Context['say'], run: Run): string {
  const { itemsDone, itemsTotal, itemsFailed } = run.progress;
  const failed = itemsFailed === 0 ? '' : say('run.itemsFailed', { failed: count(itemsFailed) });
  return say('run.itemsValue', { done: count(itemsDone), total: count(itemsTotal) }) + failed;
}

function timesOf(say: Context['say'], run: Run): string {
  const parts = [instant(run.startedAt ?? run.createdAt)];
  if (run.runningMs !== null) parts.push(say('run.ran', { time: duration(run.runningMs) }));
  if (run.waitingMs >= 1000) parts.push(say('run.waited', { time: duration(run.waitingMs) }));
  return parts.join('  ');
}

function outcomesOf({ outcomes }: Pick<Run, 'outcomes'>): string {
  const counted = Object.entries(outcomes).filter(([, number]) => number > 0);
  return counted.length === 0
    ? '-'
    : counted.map(([outcome, number]) => `${outcome} ${count(number)}`).join('  ');
}
