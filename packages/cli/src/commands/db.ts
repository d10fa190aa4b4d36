import { Command } from 'commander';
import { AppError, EXIT } from '@tapekeeper/core';
import { requireDatabase, runningDatabaseUrls } from '@tapekeeper/server/upkeep/databaseUrls';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';

interface Options {
  readonly owner?: boolean;
  readonly runtime?: boolean;
}

/** `db url`: the address of the database for psql, notebooks and other programs. */
export function dbCommand({ say, act }: Frame): Command {
  const url = new Command('url')
    .description(say('help.dbUrl'))
    .option('--runtime', say('option.runtime'))
    .option('--owner', say('option.owner'))
    .action(act((context, options: Options) => printUrl(context, options)));
  return new Command('db').description(say('help.db')).addCommand(url);
}

async function printUrl({ config, output }: Context, { owner, runtime }: Options): Promise<number> {
  await requireDatabase(config);
  const urls = await runningDatabaseUrls(config);
  if (urls === undefined) throw new AppError('database_stopped', { dir: config.dataDir });
  const role = owner === true ? 'owner' : runtime === true ? 'runtime' : 'reader';
  const url = urls[role];
  if (url === undefined) throw new AppError('no_reader');
  output.line(url);
  output.result({ url, role });
  return EXIT.ok;
}
