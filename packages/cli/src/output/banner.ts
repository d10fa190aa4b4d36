import type { Status } from '@tapekeeper/contract';
import { environment } from '@tapekeeper/server/config';
import { runningDatabaseUrls } from '@tapekeeper/server/upkeep/databaseUrls';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../context.ts';
import { bold } from './style.ts';
import { pairs } from './table.ts';

/** The first lines of a start: what runs, where it is reached, where the data lie. */
export function banner({ config, say }: Context, status: Status, url: string | undefined): string {
  const page: readonly (readonly [string, string])[] = url === undefined ? [] : [[say('start.page'), url]];
  const sources = status.sources.map(({ source }) => source).join(', ');
  return `${bold(`tapekeeper ${status.version}`)}  ${say(`mode.${status.mode}`)}\n\n${pairs([
    ...page,
    [say('status.data'), config.databaseUrl === null ? config.dataDir : say('status.elsewhere')],
    [say('start.sources'), sources || '-'],
    [say('status.marketDay'), status.marketDay],
  ])}`;
}

/** What to do next, with what has to be typed. */
export async function nextSteps(context: Context, api: Api, url: string): Promise<string> {
  const { config, say, options } = context;
  const program = calledName();
  const demo = options.demo === true ? ' --demo' : '';
  const at = options['dataDir'] === undefined ? demo : `${demo} --data-dir ${config.dataDir}`;
  const { datasets } = await api.coverage({ dataset: 'daily_bars' });
  const collected = datasets[0]?.from ?? null;
  const reader = (await runningDatabaseUrls(config))?.reader;
  const steps: (readonly [string, string])[] = [[say('next.page'), url]];
  if (collected === null) {
    const { sources } = await api.status();
    const lacksToken =
      config.sources.includes('tushare') && !sources.some(({ source }) => source === 'tushare');
    if (lacksToken && demo === '') steps.push([say('next.init'), `${program} init`]);
    steps.push([say('next.sync'), `${program} sync daily_bars${at}`]);
  } else {
    const day = datasets[0]?.to ?? collected;
    steps.push(
      [say('next.coverage'), `${program} coverage${at}`],
      [say('next.why'), `${program} why 600000.SH ${day}${at}`],
    );
  }
  // not the address itself: it has a password in it, and these lines end up in the log of a service
  if (reader !== undefined) steps.push([say('next.psql'), `psql "$(${program} db url${at})"`]);
  if (demo !== '') steps.push([say('next.real'), `${program} init`]);
  return `${pairs(steps)}\n\n${say('start.stop')}`;
}

/** What to type before a command: in a checkout that npm has started, the program is not on the path. */
function calledName(): string {
  return environment()['npm_lifecycle_event'] === undefined ? 'tapekeeper' : 'npx tapekeeper';
}
