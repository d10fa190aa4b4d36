import { Command } from 'commander';
import type { ApiToken } from '@tapekeeper/contract';
import { AppError, PERMISSIONS, type Permission } from '@tapekeeper/core';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { instant } from '../output/format.ts';
import { table } from '../output/table.ts';

interface Options {
  readonly user?: string;
  readonly scopes?: string;
  readonly days?: string;
  /** Commander's form of `--no-end`. */
  readonly end?: boolean;
}

const PAGE = 500;

/** `tokens`: what programs come in by. */
export function tokensCommand({ say, act }: Frame): Command {
  const command = new Command('tokens').description(say('help.tokens'));
  const list = new Command('list')
    .description(say('help.tokensList'))
    .option('--user <user>', say('option.tokenUser'))
    .action(act((context, options: Options) => listTokens(context, options)));
  const create = new Command('create')
    .description(say('help.tokensCreate'))
    .argument('<name>', say('argument.tokenName'))
    .option('--user <user>', say('option.tokenUser'))
    .option('--scopes <list>', say('option.scopes'))
    .option('--days <count>', say('option.days'))
    .option('--no-end', say('option.noEnd'))
    .action(act((context, name: string, options: Options) => createToken(context, name, options)));
  const revoke = new Command('revoke')
    .description(say('help.tokensRevoke'))
    .argument('<token>', say('argument.token'))
    .action(act((context, id: string) => revokeToken(context, id)));
  return command.addCommand(list, { isDefault: true }).addCommand(create).addCommand(revoke);
}

function listTokens(context: Context, { user }: Options): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const tokens: ApiToken[] = [];
    for (let before: number | null | undefined; before !== null;) {
      const page = await api.apiTokens({ user, before, limit: PAGE });
      tokens.push(...page.tokens);
      before = page.next;
    }
    output.result({ tokens });
    if (tokens.length === 0) {
      output.line(say('tokens.none'));
      return;
    }
    const columns = (
      [
        'column.id',
        'column.user',
        'column.name',
        'column.prefix',
        'column.scopes',
        'column.userState',
        'column.expires',
        'column.used',
      ] as const
    ).map((key) => ({ title: say(key) }));
    output.line(
      table(
        columns,
        tokens.map((token) => [
          String(token.id),
          token.userName,
          token.name,
          `${token.prefix}…`,
          token.scopes?.join(', ') ?? say('tokens.all'),
          say(token.revokedAt === null ? 'tokens.valid' : 'tokens.gone'),
          token.expiresAt === null ? say('tokens.never') : instant(token.expiresAt),
          instant(token.usedAt),
        ]),
      ),
    );
  });
}

function createToken(context: Context, name: string, options: Options): Promise<number> {
  const { output, say } = context;
  const scopes = options.scopes === undefined ? null : scopesOf(context, options.scopes);
  const days = options.days === undefined ? undefined : wholeNumber(context, '--days', options.days);
  const life = options.end === false ? { days: null } : days === undefined ? {} : { days };
  return asking(context, async (api) => {
    const made = await api.createApiToken({
      name,
      scopes,
      ...life,
      ...(options.user !== undefined && { user: options.user }),
    });
    output.result(made);
    output.note(say('tokens.made', { user: made.facts.userName }));
    output.line(made.token);
  });
}

function revokeToken(context: Context, text: string): Promise<number> {
  const { output, say } = context;
  const id = wholeNumber(context, 'token', text);
  return asking(context, async (api) => {
    const token = await api.revokeApiToken(id);
    output.result(token);
    output.line(say('tokens.revoked', { id: token.id, name: token.name, user: token.userName }));
  });
}

function scopesOf({ say }: Context, text: string): Permission[] {
  return text.split(',').map((part) => {
    const scope = PERMISSIONS.find((one) => one === part.trim());
    if (scope !== undefined) return scope;
    throw new AppError('usage', {
      problem: say('tokens.badScope', { scope: part.trim() }),
      command: 'tokens ',
    });
  });
}
