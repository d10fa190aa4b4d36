import {
  AppError,
  Bitmap,
  DATASETS,
  isAppError,
  lastFinalDay,
  lastSettledDay,
  shanghaiDay,
  type ImportHints,
  type ImportParams,
  type LineContext,
} from '@tapekeeper/core';
import type { TaskEnd } from '../../ports/runControlStore.ts';
import type { AppDeps } from '../deps.ts';
import { requireFreeSpace } from '../diskGuard.ts';
import { judgePortion, membersOf, outcomesOf, type ImportFacts } from '../imports/judgePortion.ts';
import { openFile, type OpenedFile } from '../imports/openFile.ts';
import { cutPortions, filledPortions, type Portion } from '../imports/portions.ts';
import { readImport } from '../imports/readImport.ts';
import { rowsOf, scanFile, type ScannedFile } from '../imports/scanFile.ts';
import { loadMarket, type Market } from '../market.ts';
import type { StepTell, Task, TaskWork } from './task.ts';

/** Rows that are judged and written as one, and those that are held at a time where a file mixes its symbols. */
const PORTION_ROWS = 20_000;
const HELD_ROWS = 400_000;
/** Lines of the log about what was refused. */
const TOLD_FAULTS = 20;

/** A file that has been looked through. */
interface CheckedFile {
  readonly file: string;
  readonly hints: ImportHints;
  readonly opened: Pick<OpenedFile, 'layout' | 'encoding' | 'packed'>;
  readonly scanned: ScannedFile;
  readonly portions: readonly Portion[];
  readonly facts: ImportFacts;
  readonly context: LineContext;
  readonly presentCode: (symbol: string) => string;
}

/** What has been found out while rows were written, or would have been. */
interface Tally {
  readonly refused: Map<string, number>;
  fresh: number;
  gaining: number;
  differing: number;
}

/**
 * Brings the rows of a file in. It is looked through first, so that one that is no good changes nothing; then
 * written portion by portion, each once, however often the task is begun again. The file is removed at the end.
 */
export const importTask: Task = async (work) => {
  const { deps, run, claim, plan, step, log } = work;
  const { file, name = file, dataset, dryRun = false } = run.wish as ImportParams;
  await plan([
    { name: 'check', weight: 2 },
    { name: 'store', weight: 8 },
    { name: 'tidy', weight: 0.1 },
  ]);
  try {
    const checked = await step('check', (tell) => check(work, tell));
    const { layout, encoding } = checked.opened;
    const units = Object.entries(layout.units).flatMap(([of, unit]) =>
      unit === null ? [] : `${of} in ${unit}`,
    );
    const read = [`a file of ${layout.format}`, encoding, ...units].join(', ');
    await log({ stream: 'info', line: `${name}: ${read}; left out: ${layout.passedOver.join(', ') || '-'}` });
    const tally = await step('store', (tell) => write(work, checked, tell));
    const { rowsWritten = 0, rowsUnchanged = 0 } = (await deps.store.run(run.id)) ?? {};
    await step('tidy', () => deps.tasks.imports.remove(checked.file));
    return endOf(run.wish as ImportParams, checked, tally, { rowsWritten, rowsUnchanged });
  } catch (thrown) {
    if (!isAppError(thrown) || !thrown.code.startsWith('import_')) throw thrown;
    const result = { name, dataset, dryRun };
    // the attempt before was lost between the removal of the file and the end of the run
    if (thrown.code === 'import_file_missing' && (await deps.store.portionsAreDone(claim))) {
      const { rowsWritten = 0, outcomes = {} } = (await deps.store.run(run.id)) ?? {};
      const state = (outcomes.quarantined ?? 0) > 0 ? 'success_with_errors' : 'success';
      return { state, result: { ...result, written: rowsWritten }, error: null };
    }
    if (file !== undefined) await deps.tasks.imports.remove(file).catch(() => {});
    return { state: 'failed', result, error: thrown };
  }
};

async function check({ deps, run, signal, log }: TaskWork, tell: StepTell): Promise<CheckedFile> {
  const wish = run.wish as ImportParams;
  const hints = readImport(wish);
  const { file } = wish;
  if (file === undefined) throw new AppError('import_no_file');
  const opened = await openFile(deps.tasks.imports, file, hints, signal);
  const facts = await factsOf(deps, wish, hints, opened);
  const { market } = facts;
  if (market.listings.length === 0) {
    await opened.lines.return(undefined);
    throw new AppError('import_no_list');
  }
  const presentCode = (symbol: string): string => market.aliases.get(symbol) ?? symbol;
  const context = {
    layout: opened.layout,
    symbol: hints.symbol,
    isKnown: (symbol: string) => market.bySymbol.has(presentCode(symbol)),
    today: shanghaiDay(deps.marketNow()),
  };
  const scanned = await scanFile(opened, context, presentCode, (lines) =>
    tell.progress(lines, 0, `${lines} lines`),
  );
  for (const { reason } of scanned.unreadable.slice(0, TOLD_FAULTS))
    await log({ stream: 'warn', line: reason });
  const portions = cutPortions(scanned.symbols, PORTION_ROWS);
  return { file, hints, opened, scanned, portions, facts, context, presentCode };
}

async function factsOf(
  deps: AppDeps,
  { replace = false }: ImportParams,
  { dataset }: ImportHints,
  { layout }: OpenedFile,
): Promise<ImportFacts> {
  const [market, unsettled]: [Market, Awaited<ReturnType<AppDeps['store']['unsettledDays']>>] =
    await Promise.all([loadMarket(deps, dataset), deps.store.unsettledDays(dataset)]);
  const { finality } = DATASETS[dataset];
  const wanted = [...deps.sources.values()].flatMap(
    ({ capabilities }) => capabilities.find((one) => one.dataset === dataset)?.columns ?? [],
  );
  return {
    dataset,
    columns: layout.columns,
    mode: replace ? 'replace' : 'fill',
    covers: wanted.every((column) => layout.columns.includes(column)),
    market,
    lastFinal: lastFinalDay(market.calendar, finality, deps.marketNow()),
    lastSettled: lastSettledDay(market.calendar, finality, deps.marketNow()),
    unsettled: new Map(unsettled.map(({ day, members }) => [day, Bitmap.fromBytes(members)])),
  };
}

async function write(work: TaskWork, checked: CheckedFile, tell: StepTell): Promise<Tally> {
  const { deps, run, claim, signal } = work;
  const { dryRun = false } = run.wish as ImportParams;
  const { portions, facts, scanned } = checked;
  const done = dryRun ? new Set<number>() : await begin(work, checked);
  const tally: Tally = { refused: new Map(), fresh: 0, gaining: 0, differing: 0 };
  let rowsDone = 0;
  tell.progress(0, scanned.rows);
  for await (const { portion, rows } of filledPortions(portions, () => rowsAnew(work, checked), HELD_ROWS)) {
    if (signal.aborted) throw new AppError('interrupted');
    if (!dryRun) await requireFreeSpace(deps);
    const judged = judgePortion(facts, rows, portion.no === 0 ? scanned.unreadable : []);
    const standing = (await Promise.all(judged.commit.writes.map(deps.store.compareRows))).flat();
    for (const one of standing) {
      tally.fresh += one.fresh;
      tally.gaining += one.gaining;
      tally.differing += one.differing;
    }
    for (const [rule, count] of judged.refused)
      tally.refused.set(rule, (tally.refused.get(rule) ?? 0) + count);
    if (!dryRun && !done.has(portion.no)) {
      await deps.store.commitItems(claim, [
        {
          itemNo: portion.no,
          state: 'done',
          attempts: [],
          ...judged.commit,
          ...outcomesOf(facts, portion, judged, standing),
          error: null,
          bytes: 0,
          lastSymbol: portion.symbols.at(-1)?.symbol ?? null,
        },
      ]);
    }
    rowsDone += portion.rows;
    tell.progress(rowsDone, scanned.rows);
  }
  return tally;
}

async function begin(
  { deps, claim }: TaskWork,
  { portions, facts }: CheckedFile,
): Promise<ReadonlySet<number>> {
  return deps.store.beginPortions(
    claim,
    portions.map((portion) => {
      const members = membersOf(facts, portion);
      const { no, from, to } = portion;
      return { no, from, to, members: Bitmap.of(members).toBytes(), symbols: members.length };
    }),
  );
}

async function* rowsAnew(
  { deps, signal }: TaskWork,
  { file, hints, context, presentCode }: CheckedFile,
): ReturnType<typeof rowsOf> {
  yield* rowsOf(await openFile(deps.tasks.imports, file, hints, signal), context, presentCode);
}

/** Refused rows are never green. */
function endOf(
  { name, dataset, replace = false, dryRun = false }: ImportParams,
  { opened, scanned, facts }: CheckedFile,
  { refused, fresh, gaining, differing }: Tally,
  { rowsWritten, rowsUnchanged }: { readonly rowsWritten: number; readonly rowsUnchanged: number },
): TaskEnd {
  const kept = replace ? 0 : differing;
  const days = scanned.symbols.flatMap(({ from, to }) => [from, to]).toSorted();
  const passed = scanned.rows + scanned.unreadable.length - [...refused.values()].reduce((a, b) => a + b, 0);
  const wouldWrite = fresh + gaining + (replace ? differing : 0);
  return {
    state: refused.size > 0 ? 'success_with_errors' : 'success',
    result: {
      name: name ?? null,
      dataset,
      dryRun,
      mode: replace ? 'replace' : 'fill',
      format: opened.layout.format,
      encoding: opened.encoding,
      units: opened.layout.units,
      leftOut: opened.layout.passedOver,
      covers: facts.covers,
      rows: scanned.rows,
      symbols: scanned.symbols.length,
      from: days[0],
      to: days.at(-1),
      suspended: scanned.suspended,
      written: dryRun ? wouldWrite : rowsWritten,
      unchanged: (dryRun ? passed - wouldWrite : rowsUnchanged) - kept,
      kept,
      refused: Object.fromEntries(refused),
    },
    error: null,
  };
}
