import { Command } from 'commander';
import type { Run, Status } from '@tapekeeper/contract';
import { EXIT, isAppError } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, percent, size } from '../output/format.ts';
import { stateText } from '../output/style.ts';
import { pairs, table } from '../output/table.ts';
import { openForReading, type Session } from '../session.ts';
import { subjectOf } from '../output/runSubject.ts';

/** `status`: where the data lie, who works on them, what is going on. */
export function statusCommand({ say, act }: Frame): Command {
  return new Command('status').description(say('help.status')).action(act(showStatus));
}

async function showStatus(context: Context): Promise<number> {
  const { config, output, say } = context;
  const session = await openIfThere(context);
  if (session === undefined) {
    output.line(
      pairs([
        [say('status.data'), config.dataDir],
        [say('status.database'), say('status.none')],
      ]),
    );
    output.result({ dataDir: config.dataDir, mode: config.mode, server: null, status: null, openRuns: [] });
    return EXIT.ok;
  }
  try {
    const status = await session.api.status();
    const { runs } = await session.api.runs({ states: ['pending', 'running', 'paused'], limit: 20 });
    output.line(overview(context, status, session.serverUrl));
    output.line();
    output.line(sourceTable(context, status));
    if (runs.length > 0) {
      output.line();
      output.line(openRunTable(context, runs));
    }
    output.result({
      dataDir: config.dataDir,
      mode: status.mode,
      server: session.serverUrl ?? null,
      status,
      openRuns: runs,
    });
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** Undefined before the first start. */
async function openIfThere(context: Context): Promise<Session | undefined> {
  try {
    return await openForReading(context);
  } catch (error) {
    if (isAppError(error, 'no_database')) return undefined;
    throw error;
  }
}

function overview({ config, say }: Context, status: Status, serverUrl: string | undefined): string {
  const free =
    status.freeMegabytes === null
      ? ''
      : say('status.free', { free: size(status.freeMegabytes * 1024 * 1024) });
  return pairs([
    [say('status.server'), serverUrl ?? say('status.notRunning')],
    [say('status.mode'), say(`mode.${status.mode}`)],
    [say('status.data'), config.databaseUrl === null ? config.dataDir : say('status.elsewhere')],
    [say('status.database'), `${size(status.databaseBytes)}${free}`],
    [say('status.marketDay'), status.marketDay],
    [say('status.version'), status.version],
  ]);
}

function sourceTable({ say }: Context, status: Status): string {
  return table(
    [{ title: say('column.source') }, { title: say('column.datasets') }, { title: say('column.refused') }],
    status.sources.map(({ source, datasets, refused }) => [
      source,
      datasets.join(', '),
      refused.join(', ') || '-',
    ]),
  );
}

function openRunTable({ say }: Context, runs: readonly Run[]): string {
  return table(
    [
      { title: say('column.run'), align: 'right' },
      { title: say('column.dataset') },
      { title: say('column.state') },
      { title: say('column.progress'), align: 'right' },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.asked') },
    ],
    runs.map((run) => [
      String(run.id),
      subjectOf(run),
      stateText(run.state),
      percent(run.progress.symbolsDone, run.progress.symbolsTotal),
      count(run.rowsWritten),
      instant(run.createdAt),
    ]),
  );
}
