import { open } from 'node:fs/promises';
import { Command } from 'commander';
import type { Api, OperationConditions } from '@tapekeeper/client';
import type { OperationLine } from '@tapekeeper/contract';
import {
  addDays,
  AppError,
  EXIT,
  isoInstant,
  operationCsvHead,
  operationCsvLine,
  parseDay,
  shanghaiInstant,
} from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { pairs, table } from '../output/table.ts';
import { openForReading } from '../session.ts';

interface Options {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly objectId?: string;
  readonly result?: string;
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly limit?: string;
  readonly csv?: string;
}

const CSV_PAGE = 500;
/** Names and addresses are nobody else's business on this machine. */
const OWNER_ONLY = 0o600;

/** `operations [ID]`: the audit log, or one line of it. */
export function operationsCommand({ say, act }: Frame): Command {
  return new Command('operations')
    .description(say('help.operations'))
    .argument('[id]', say('argument.operation'))
    .option('--actor <name>', say('option.actor'))
    .option('--action <list>', say('option.action'))
    .option('--object <kind>', say('option.object'))
    .option('--object-id <id>', say('option.objectId'))
    .option('--result <list>', say('option.result'))
    .option('--text <text>', say('option.operationText'))
    .option('--from <time>', say('option.operationFrom'))
    .option('--to <time>', say('option.operationTo'))
    .option('--before <id>', say('option.before'))
    .option('--limit <count>', say('option.limit'))
    .option('--csv <file>', say('option.csv'))
    .action(act((context, id: string | undefined, options: Options) => show(context, id, options)));
}

async function show(context: Context, id: string | undefined, options: Options): Promise<number> {
  const session = await openForReading(context);
  try {
    const { api } = session;
    if (id !== undefined) await showOne(context, api, wholeNumber(context, 'ID', id));
    else if (options.csv === undefined) await list(context, api, options);
    else await writeCsv(context, api, options.csv, conditionsOf(options));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function showOne({ output, say }: Context, api: Api, id: number): Promise<void> {
  const operation = await api.operation(id);
  const { object, ...line } = operation;
  output.result(operation);
  output.line(
    pairs([
      [say('column.id'), String(line.id)],
      [say('column.time'), instant(line.at)],
      [say('column.actor'), `${line.actor} (${line.proof})`],
      [say('column.action'), line.action],
      [say('column.object'), objectText(operation)],
      [say('column.result'), resultText(operation)],
      [say('column.address'), `${orDash(line.ip)} ${line.userAgent ?? ''}`.trim()],
      [say('column.was'), JSON.stringify(object.before ?? null)],
      [say('column.now'), JSON.stringify(object.after ?? null)],
    ]),
  );
}

async function list(context: Context, api: Api, options: Options): Promise<void> {
  const { output, say } = context;
  const page = await api.operations({
    ...conditionsOf(options),
    before: options.before === undefined ? undefined : wholeNumber(context, '--before', options.before),
    limit: options.limit === undefined ? 20 : wholeNumber(context, '--limit', options.limit),
  });
  output.result(page);
  output.line(page.operations.length === 0 ? say('operations.none') : tableOf(context, page.operations));
  if (page.next !== null) output.line(say('page.next', { id: page.next }));
}

function tableOf({ say }: Context, operations: readonly OperationLine[]): string {
  return table(
    [
      { title: say('column.id'), align: 'right' },
      { title: say('column.time') },
      { title: say('column.actor') },
      { title: say('column.action') },
      { title: say('column.object') },
      { title: say('column.result') },
      { title: say('column.address') },
    ],
    operations.map((one) => [
      String(one.id),
      instant(one.at),
      one.actor,
      one.action,
      objectText(one),
      resultText(one),
      orDash(one.ip),
    ]),
  );
}

function objectText({ object: { kind, id } }: OperationLine): string {
  return kind === null ? '-' : `${kind} ${id ?? ''}`.trim();
}

function resultText({ result, errorCode }: OperationLine): string {
  return errorCode === null ? result : `${result} (${errorCode})`;
}

/** Page after page into a file that must not be there yet. */
async function writeCsv(
  { language, output, say }: Context,
  api: Api,
  file: string,
  conditions: OperationConditions,
): Promise<void> {
  const written = await open(file, 'wx', OWNER_ONLY).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'usage',
      { problem: say('usage.file', { file, reason }), command: 'operations ' },
      error,
    );
  });
  let lines = 0;
  try {
    await written.writeFile(operationCsvHead(language));
    for (let before: number | undefined; ;) {
      const page = await api.operations({ ...conditions, before, limit: CSV_PAGE });
      const batch = page.operations.map((one) => operationCsvLine({ ...one, at: Date.parse(one.at) }));
      await written.writeFile(batch.join(''));
      lines += batch.length;
      if (page.next === null) break;
      before = page.next;
    }
  } finally {
    await written.close();
  }
  output.result({ file, lines });
  output.line(say('operations.written', { lines: count(lines), file }));
}

function conditionsOf({
  actor,
  action,
  object,
  objectId,
  result,
  text,
  from,
  to,
}: Options): OperationConditions {
  return { actor, action, object, objectId, result, text, from: startOf(from, 0), to: startOf(to, 1) };
}

/** A day in Shanghai begins at its midnight, and ends at that of the next one; instants are as they are. */
function startOf(text: string | undefined, daysOn: number): string | undefined {
  const day = text === undefined ? undefined : parseDay(text);
  return day === undefined ? text : isoInstant(shanghaiInstant(addDays(day, daysOn), 0));
}
