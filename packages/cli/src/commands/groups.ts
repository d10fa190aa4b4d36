import { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import type { Frame } from '../command.ts';
import { asking } from '../asking.ts';
import type { Context } from '../context.ts';
import { count } from '../output/format.ts';
import { table } from '../output/table.ts';

/** `groups`: jobs that share a number of runs at a time. */
export function groupsCommand({ say, act }: Frame): Command {
  const command = new Command('groups').description(say('help.groups'));
  const list = new Command('list').description(say('help.groupsList')).action(act(listGroups));
  const set = new Command('set')
    .description(say('help.groupsSet'))
    .argument('<group>', say('argument.group'))
    .argument('<most>', say('argument.groupMost'))
    .action(act((context, name: string, most: string) => setGroup(context, name, most)));
  return command.addCommand(list, { isDefault: true }).addCommand(set);
}

function listGroups(context: Context): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const { groups } = await api.groups();
    output.result({ groups });
    if (groups.length === 0) {
      output.line(say('groups.none'));
      return;
    }
    const columns = [
      { title: say('column.group') },
      { title: say('column.mostRuns'), align: 'right' },
      { title: say('column.openRuns'), align: 'right' },
    ] as const;
    output.line(
      table(
        columns,
        groups.map(({ name, most, openRuns }) => [name, count(most), count(openRuns)]),
      ),
    );
  });
}

function setGroup(context: Context, name: string, text: string): Promise<number> {
  const { output, say } = context;
  const most = wholeNumber(context, 'most', text);
  return asking(context, async (api) => {
    const group = await api.setGroup(name, { most });
    output.result(group);
    output.line(say('groups.set', { name: group.name, most: group.most, open: group.openRuns }));
  });
}
