import { AppError } from '@tapekeeper/core';
import type { Context } from '../../context.ts';
import { count } from '../../output/format.ts';
import { table } from '../../output/table.ts';
import { asking } from '../../asking.ts';

export interface StarterOptions {
  readonly install?: boolean;
  readonly enable?: string;
}

/** The jobs that come along; with --install, those that are not there are made. */
export function starters(context: Context, { install, enable = 'none' }: StarterOptions): Promise<number> {
  const { output, say } = context;
  if (enable !== 'core' && enable !== 'none') {
    throw new AppError('usage', { problem: say('usage.startersEnable'), command: 'jobs starters ' });
  }
  return asking(context, async (api) => {
    if (install === true) {
      const { installed } = await api.installStarters({ enable });
      output.result({ installed });
      const all = say('jobs.installed', { count: count(installed.length) });
      output.line(installed.length === 0 ? say('jobs.allThere') : all);
      return;
    }
    const { starters: known } = await api.starters();
    output.result({ starters: known });
    output.line(
      table(
        [
          { title: say('column.key') },
          { title: say('column.name') },
          { title: say('column.type') },
          { title: say('column.core') },
          { title: say('column.job'), align: 'right' },
          { title: say('column.state') },
        ],
        known.map((one) => [
          one.key,
          one.name,
          say(`run.${one.type}`),
          one.core ? '*' : '',
          one.jobId === null ? '-' : String(one.jobId),
          one.state === null ? '-' : say(`jobs.state.${one.state}`),
        ]),
      ),
    );
  });
}
