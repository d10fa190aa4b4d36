import { Command } from 'commander';
import { AppError } from '@tapekeeper/core';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { count, instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';
import { askSecret, readInput } from '../secretPrompt.ts';
import { authorOf } from './accept.ts';

interface SetOptions {
  readonly stdin?: boolean;
  readonly author?: string;
}

/** `secrets`: tokens and passwords, which go in and never come out. */
export function secretsCommand({ say, act }: Frame): Command {
  const command = new Command('secrets').description(say('help.secrets'));
  const list = new Command('list').description(say('help.secretsList')).action(act(listSecrets));
  const set = new Command('set')
    .description(say('help.secretsSet'))
    .argument('<name>', say('argument.secret'))
    .option('--stdin', say('option.secretStdin'))
    .option('--author <name>', say('option.keptBy'))
    .action(act((context, name: string, options: SetOptions) => setSecret(context, name, options)));
  const remove = new Command('remove')
    .description(say('help.secretsRemove'))
    .argument('<name>', say('argument.secret'))
    .action(act((context, name: string) => removeSecret(context, name)));
  const rotate = new Command('rotate-key').description(say('help.secretsRotate')).action(act(rotateKey));
  return command.addCommand(list, { isDefault: true }).addCommand(set).addCommand(remove).addCommand(rotate);
}

function listSecrets(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const { secrets } = await api.secrets();
    output.result({ secrets });
    const titles = (['column.secret', 'column.last4', 'column.keptAt', 'column.keptBy'] as const).map(
      (key) => ({
        title: say(key),
      }),
    );
    const rows = secrets.map((one) => [one.name, orDash(one.last4), instant(one.updatedAt), one.updatedBy]);
    output.line(rows.length === 0 ? say('secrets.none') : table(titles, rows));
  });
}

async function setSecret(context: Context, name: string, options: SetOptions): Promise<number> {
  const { output, say } = context;
  const secret = await typedSecret(options.stdin === true, say('secrets.ask', { name }));
  if (secret === '') throw new AppError('usage', { problem: say('usage.noSecret'), command: 'secrets ' });
  return asking(context, async (api) => {
    output.result(await api.keepSecret(name, { secret, author: authorOf(options) }));
    output.line(say('secrets.kept', { name }));
  });
}

function removeSecret(context: Context, name: string): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    output.result(await api.removeSecret(name));
    output.line(say('secrets.removed', { name }));
  });
}

function rotateKey(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const rotation = await api.rotateSecretKey();
    output.result(rotation);
    const { secrets, keyId: key, file } = rotation;
    output.line(say('secrets.rotated', { secrets: count(secrets), key, file }));
  });
}

/** From standard input where asked so, else typed without being shown; empty where there is nobody to type. */
export async function typedSecret(fromInput: boolean, question: string): Promise<string> {
  if (fromInput) return (await readInput()).trim();
  return process.stdin.isTTY ? (await askSecret(question)).trim() : '';
}
