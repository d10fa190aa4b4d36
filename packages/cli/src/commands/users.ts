import { Command } from 'commander';
import type { User } from '@tapekeeper/contract';
import { AppError, ROLES, type Role } from '@tapekeeper/core';
import { askNewPassword } from '../askPassword.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';

interface Options {
  readonly as?: string;
  readonly displayName?: string;
  readonly passwordStdin?: boolean;
  /** Commander's form of `--no-password`. */
  readonly password?: boolean;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

const PAGE = 500;

/** `users`: who may come in, and what they may do. */
export function usersCommand({ say, act }: Frame): Command {
  const command = new Command('users').description(say('help.users'));
  const list = new Command('list').description(say('help.usersList')).action(act(listUsers));
  const add = new Command('add')
    .description(say('help.usersAdd'))
    .argument('<name>', say('argument.newUser'))
    .requiredOption('--as <role>', say('option.asRole'))
    .option('--display-name <text>', say('option.displayName'))
    .option('--no-password', say('option.noPassword'))
    .option('--password-stdin', say('option.passwordStdin'))
    .action(act((context, name: string, options: Options) => addUser(context, name, options)));
  const set = new Command('set')
    .description(say('help.usersSet'))
    .argument('<user>', say('argument.user'))
    .option('--as <role>', say('option.asRole'))
    .option('--display-name <text>', say('option.displayName'))
    .option('--enable', say('option.enable'))
    .option('--disable', say('option.disable'))
    .action(act((context, user: string, options: Options) => setUser(context, user, options)));
  const password = new Command('password')
    .description(say('help.usersPassword'))
    .argument('<user>', say('argument.user'))
    .option('--password-stdin', say('option.passwordStdin'))
    .action(act((context, user: string, options: Options) => setPassword(context, user, options)));
  const remove = new Command('remove')
    .description(say('help.usersRemove'))
    .argument('<user>', say('argument.user'))
    .action(act((context, user: string) => removeUser(context, user)));
  command.addCommand(list, { isDefault: true });
  for (const child of [add, set, password, remove]) command.addCommand(child);
  return command;
}

function listUsers(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const users: User[] = [];
    for (let after: string | null = ''; after !== null;) {
      const page = await api.users({ after, limit: PAGE });
      users.push(...page.users);
      after = page.next;
    }
    output.result({ users });
    if (users.length === 0) {
      output.line(say('users.none'));
      return;
    }
    const columns = (
      [
        'column.id',
        'column.user',
        'column.name',
        'column.role',
        'column.userState',
        'column.lastLogin',
      ] as const
    ).map((key) => ({ title: say(key) }));
    output.line(
      table(
        columns,
        users.map((user) => [
          String(user.id),
          user.name,
          orDash(user.displayName),
          user.role,
          stateOf(context, user),
          instant(user.lastLoginAt),
        ]),
      ),
    );
  });
}

async function addUser(context: Context, name: string, options: Options): Promise<number> {
  const { output, say } = context;
  const role = roleOf(context, options.as ?? '');
  const password =
    options.password === false ? null : await askNewPassword(context, name, options.passwordStdin === true);
  return asking(context, async (api) => {
    const user = await api.createUser({ name, role, password, displayName: options.displayName ?? '' });
    output.result(user);
    output.line(say('users.added', { name: user.name, role: user.role }));
  });
}

function setUser(context: Context, name: string, options: Options): Promise<number> {
  const { output, say } = context;
  const { as: role, displayName, enable, disable } = options;
  if ([role, displayName, enable, disable].every((one) => one === undefined))
    throw new AppError('usage', { problem: say('users.nothing'), command: 'users ' });
  const wished = {
    ...(role !== undefined && { role: roleOf(context, role) }),
    ...(displayName !== undefined && { displayName }),
    ...((enable === true || disable === true) && { enabled: disable !== true }),
  };
  return asking(context, async (api) => {
    const { version } = await api.user(name);
    const user = await api.updateUser(name, { ...wished, version });
    output.result(user);
    output.line(say('users.changed', { name: user.name, role: user.role, state: stateOf(context, user) }));
  });
}

async function setPassword(context: Context, name: string, options: Options): Promise<number> {
  const { output, say } = context;
  const password = await askNewPassword(context, name, options.passwordStdin === true);
  return asking(context, async (api) => {
    const user = await api.setUserPassword(name, password);
    output.result(user);
    output.line(say('users.passwordSet', { name: user.name }));
  });
}

function removeUser(context: Context, name: string): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const user = await api.deleteUser(name);
    output.result(user);
    output.line(say('users.removed', { name: user.name }));
  });
}

function stateOf({ say }: Context, { enabled }: User): string {
  return say(enabled ? 'users.enabled' : 'users.disabled');
}

function roleOf({ say }: Context, text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new AppError('usage', { problem: say('users.badRole', { role: text }), command: 'users ' });
}
