import { Command } from 'commander';
import type { Session } from '@tapekeeper/contract';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { instant, orDash } from '../output/format.ts';
import { table } from '../output/table.ts';

interface Options {
  readonly user?: string;
}

const PAGE = 500;

/** `sessions`: browsers that are logged in. */
export function sessionsCommand({ say, act }: Frame): Command {
  const command = new Command('sessions').description(say('help.sessions'));
  const list = new Command('list')
    .description(say('help.sessionsList'))
    .option('--user <user>', say('option.sessionUser'))
    .action(act((context, options: Options) => listSessions(context, options)));
  const revoke = new Command('revoke')
    .description(say('help.sessionsRevoke'))
    .argument('<session>', say('argument.session'))
    .action(act((context, id: string) => revokeSession(context, id)));
  return command.addCommand(list, { isDefault: true }).addCommand(revoke);
}

function listSessions(context: Context, { user }: Options): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const sessions: Session[] = [];
    for (let before: number | null | undefined; before !== null;) {
      const page = await api.sessions({ user, before, limit: PAGE });
      sessions.push(...page.sessions);
      before = page.next;
    }
    output.result({ sessions });
    if (sessions.length === 0) {
      output.line(say('sessions.none'));
      return;
    }
    const columns = (
      [
        'column.id',
        'column.user',
        'column.began',
        'column.used',
        'column.expires',
        'column.address',
        'column.browser',
      ] as const
    ).map((key) => ({ title: say(key) }));
    output.line(
      table(
        columns,
        sessions.map((one) => [
          String(one.id),
          one.userName,
          instant(one.createdAt),
          instant(one.seenAt),
          instant(one.expiresAt),
          orDash(one.ip),
          orDash(one.userAgent),
        ]),
      ),
    );
  });
}

function revokeSession(context: Context, text: string): Promise<number> {
  const { output, say } = context;
  const id = wholeNumber(context, 'session', text);
  return asking(context, async (api) => {
    const session = await api.revokeSession(id);
    output.result(session);
    output.line(say('sessions.revoked', { id: session.id, user: session.userName }));
  });
}
