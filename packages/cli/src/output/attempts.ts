import type { RunAttempts } from '@tapekeeper/contract';
import type { Api } from '@tapekeeper/client';
import { wholeNumber } from '../arguments.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from './format.ts';
import { table } from './table.ts';

export interface AttemptOptions {
  readonly failed?: boolean;
  readonly limit?: string;
}

const DEFAULT_LIMIT = 20;

/** Attempts of a run, and the newest tries of its items. */
export async function showAttempts(
  context: Context,
  api: Api,
  id: number,
  { failed = false, limit }: AttemptOptions,
): Promise<void> {
  const { output, say } = context;
  const found = await api.runAttempts(id, {
    failed: failed ? 'true' : 'false',
    limit: limit === undefined ? DEFAULT_LIMIT : wholeNumber(context, '--limit', limit),
  });
  output.result(found);
  output.line(`${say('control.ofRun')}\n${runTable(context, found.run)}\n`);
  output.line(
    found.items.length === 0
      ? say('control.noTries')
      : `${say('control.ofItems')}\n${itemTable(context, found.items)}`,
  );
}

function runTable({ say }: Context, attempts: RunAttempts['run']): string {
  return table(
    [
      { title: say('column.attemptNo'), align: 'right' },
      { title: say('column.workerNo'), align: 'right' },
      { title: say('column.started') },
      { title: say('column.ended') },
      { title: say('column.error') },
    ],
    attempts.map(({ no, worker, startedAt, endedAt, error }) => [
      String(no),
      orDash(worker),
      instant(startedAt),
      endedAt === null ? '-' : instant(endedAt),
      error === null ? '-' : `${error.code}  ${error.message ?? ''}`,
    ]),
  );
}

function itemTable({ say }: Context, tries: RunAttempts['items']): string {
  return table(
    [
      { title: say('column.itemNo'), align: 'right' },
      { title: say('column.attemptNo'), align: 'right' },
      { title: say('column.source') },
      { title: say('column.ended') },
      { title: say('column.calls'), align: 'right' },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.error') },
    ],
    tries.map(({ item, no, source, endedAt, calls, rows, error }) => [
      String(item),
      String(no),
      source,
      instant(endedAt),
      count(calls),
      count(rows),
      error === null ? '-' : `${error.code}  ${error.message ?? ''}`,
    ]),
  );
}
