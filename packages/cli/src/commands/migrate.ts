import { Command } from 'commander';
import { EXIT } from '@tapekeeper/core';
import { migrateSchema, schemaStatus } from '@tapekeeper/server/upkeep/migrateSchema';
import type { Frame } from '../command.ts';
import type { Context } from '../context.ts';

interface Options {
  readonly status?: boolean;
}

/** `migrate`: the schema up to date without starting; `--status` only looks. */
export function migrateCommand({ say, act }: Frame): Command {
  return new Command('migrate')
    .description(say('help.migrate'))
    .option('--status', say('option.migrateStatus'))
    .action(
      act((context, options: Options) => (options.status === true ? showStatus(context) : migrate(context))),
    );
}

async function showStatus({ config, log, output, say }: Context): Promise<number> {
  const { found, known, pending } = await schemaStatus(config, log);
  output.line(say('migrate.status', { found, known }));
  for (const name of pending) output.line(`  ${name}`);
  output.result({ found, known, pending });
  return EXIT.ok;
}

async function migrate({ config, log, output, say }: Context): Promise<number> {
  const { found, known, pending } = await migrateSchema(config, log);
  output.line(
    pending.length === 0 ? say('migrate.nothing', { found }) : say('migrate.done', { found, known }),
  );
  for (const name of pending) output.line(`  ${name}`);
  output.result({ from: found, to: known, ran: pending });
  return EXIT.ok;
}
