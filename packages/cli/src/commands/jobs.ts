import { Command } from 'commander';
import type { Frame } from '../command.ts';
import { listJobs, showJob, type ListOptions } from './jobs/list.ts';
import { createJob, editJob, type CreateOptions } from './jobs/create.ts';
import { showFires, showHistory } from './jobs/history.ts';
import { starters, type StarterOptions } from './jobs/starters.ts';
import { copyJob, deleteJob, stepJob, triggerJob, type TriggerOptions } from './jobs/steps.ts';

const STEPS = {
  enable: 'help.jobsEnable',
  disable: 'help.jobsDisable',
  pause: 'help.jobsPause',
  resume: 'help.jobsResume',
} as const;

const again = (value: string, former: readonly string[] = []): readonly string[] => [...former, value];

/** `jobs`: what is done again and again, and when. */
export function jobsCommand({ say, act }: Frame): Command {
  const command = new Command('jobs').description(say('help.jobs'));
  const child = (name: string, key: Parameters<typeof say>[0], isDefault = false): Command => {
    const made = new Command(name).description(say(key));
    command.addCommand(made, { isDefault });
    return made;
  };
  const ofJob = (name: string, key: Parameters<typeof say>[0]): Command =>
    child(name, key).argument('<job>', say('argument.job'));

  child('list', 'help.jobsList', true)
    .option('--state <states>', say('option.jobStates'))
    .option('--type <type>', say('option.jobTypeOnly'))
    .option('--tag <tag>', say('option.jobTagOnly'))
    .option('--text <text>', say('option.jobText'))
    .action(act((context, options: ListOptions) => listJobs(context, options)));
  ofJob('show', 'help.jobsShow').action(act((context, job: string) => showJob(context, job)));
  creating(child('create', 'help.jobsCreate'), say)
    .argument('[key]', say('argument.jobKey'))
    .action(
      act((context, key: string | undefined, options: CreateOptions) => createJob(context, key, options)),
    );
  ofJob('edit', 'help.jobsEdit')
    .option('--file <file>', say('option.jobFile'))
    .action(act((context, job: string, options: { file?: string }) => editJob(context, job, options.file)));
  ofJob('copy', 'help.jobsCopy')
    .option('--key <key>', say('option.jobCopyKey'))
    .action(act((context, job: string, options: { key?: string }) => copyJob(context, job, options.key)));
  ofJob('delete', 'help.jobsDelete').action(act((context, job: string) => deleteJob(context, job)));
  for (const step of Object.keys(STEPS) as (keyof typeof STEPS)[]) {
    ofJob(step, STEPS[step]).action(act((context, job: string) => stepJob(context, job, step)));
  }
  ofJob('trigger', 'help.jobsTrigger')
    .option('--param <name=value>', say('option.jobParam'), again)
    .option('--follow', say('option.jobFollow'))
    .action(act((context, job: string, options: TriggerOptions) => triggerJob(context, job, options)));
  ofJob('history', 'help.jobsHistory')
    .option('--limit <count>', say('option.limit'))
    .action(act((context, job: string, options: { limit?: string }) => showHistory(context, job, options)));
  ofJob('fires', 'help.jobsFires')
    .option('--decision <decision>', say('option.jobDecision'))
    .option('--limit <count>', say('option.limit'))
    .action(
      act((context, job: string, options: { decision?: string; limit?: string }) =>
        showFires(context, job, options),
      ),
    );
  child('starters', 'help.jobsStarters')
    .option('--install', say('option.startersInstall'))
    .option('--enable <which>', say('option.startersEnable'))
    .action(act((context, options: StarterOptions) => starters(context, options)));
  return command;
}

function creating(command: Command, say: Frame['say']): Command {
  return command
    .option('--file <file>', say('option.jobFile'))
    .option('--sync <dataset>', say('option.jobSync'))
    .option('--repair <dataset>', say('option.jobRepair'))
    .option('--reconcile <dataset>', say('option.jobReconcile'))
    .option('--type <type>', say('option.jobType'))
    .option('--param <name=value>', say('option.jobParam'), again)
    .option('--from <day>', say('option.from'))
    .option('--to <day>', say('option.to'))
    .option('--last-days <count>', say('option.jobLastDays'))
    .option('--symbols <list>', say('option.symbols'))
    .option('--set <name>', say('option.set'))
    .option('--source <list>', say('option.source'))
    .option('--cron <expression>', say('option.jobCron'))
    .option('--tz <zone>', say('option.jobZone'))
    .option('--session <rule>', say('option.jobSession'))
    .option('--every <time>', say('option.jobEvery'))
    .option('--at <time>', say('option.jobAt'))
    .option('--after <job>', say('option.jobAfter'))
    .option('--trading-days', say('option.jobTradingDays'))
    .option('--name <text>', say('option.jobName'))
    .option('--description <text>', say('option.jobDescription'))
    .option('--tag <tag>', say('option.jobTag'), again)
    .option('--group <name>', say('option.jobGroup'))
    .option('--enable', say('option.jobEnable'));
}
