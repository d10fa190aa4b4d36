import { Command } from 'commander';
import type { Run, Status } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { hasDatabase } from '@tapekeeper/server/upkeep/databaseUrls';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';
import { count, instant, percent, size } from '../output/format.ts';
import { stateText } from '../output/style.ts';
import { pairs, table } from '../output/table.ts';
import { openForReading } from '../session.ts';

/** `status`: where the data lie, who works on them, what is going on. */
export function statusCommand({ say, act }: Frame): Command {
  return new Command('status').description(say('help.status')).action(act(showStatus));
}

async function showStatus(context: Context): Promise<number> {
  const { config, output, say } = context;
  if (!(await hasDatabase(config))) {
    output.line(pairs([[say('status.data'), config.dataDir], [say('status.database'), say('status.none')]]));
    output.result({ dataDir: config.dataDir, mode: config.mode, server: null, status: null, openRuns: [] });
    return EXIT.ok;
  }
  const session = await openForReading(context);
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
    output.result({ dataDir: config.dataDir, mode: status.mode, server: session.serverUrl ?? null, status, openRuns: runs });
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function overview({ config, say }: Context, status: Status, serverUrl: string | undefined): string {
  const free = status.freeMegabytes === null ? '' : say('status.free', { free: size(status.freeMegabytes * 1024 * 1024) });
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
    status.sources.map(({ source, datasets, refused }) => [source, datasets.join(', '), refused.join(', ') || '-']),
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
      run.dataset,
      stateText(run.state),
      percent(run.progress.symbolsDone, run.progress.symbolsTotal),
      count(run.rowsWritten),
      instant(run.createdAt),
    ]),
  );
}
