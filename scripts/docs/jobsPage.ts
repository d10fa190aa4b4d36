import {
  describeSchedule,
  NOT_OFFERED,
  STARTERS,
  type JobDefinition,
  type Starter,
} from '../../packages/core/src/index.ts';
import { cronWords } from '../../packages/server/src/cron/cronWords.ts';
import { code, list, page } from './markdown.ts';

/** `docs/reference/jobs.md`: every job that the program brings along. */
export function jobsPage(): string {
  const core = STARTERS.filter((starter) => starter.isCore);
  const others = STARTERS.filter((starter) => !starter.isCore);
  return page('Jobs that come along', [
    '`start` makes these jobs where they have never been, in this order; `TAPEKEEPER_STARTER_JOBS` says whether it does,\n' +
      'and which of them are enabled. What people change or delete stays so. `tapekeeper jobs starters --install` makes\n' +
      'those that are not there. [Jobs](../jobs.md) says what a job is.',
    '## Those that keep the data complete',
    'Enabled from the first start on.',
    ...core.flatMap(section),
    '## All others',
    'Disabled until somebody enables them.',
    ...others.flatMap(section),
    '## Not offered',
    'Jobs of the documented systems that have no counterpart here, and why.',
    list(NOT_OFFERED.map(({ name, why }) => `${code(name)}: ${why.en}`)),
  ]);
}

function section(starter: Starter): readonly string[] {
  const definition = starter.define((key) => STARTERS.findIndex((one) => one.key === key) + 1);
  const { name, description, type, policies } = definition;
  return [
    `### ${starter.key}`,
    `${name}. ${description.split('\n')[0] ?? ''}`,
    list([
      `number ${STARTERS.indexOf(starter) + 1} of a new installation`,
      `${code(type)} ${code(JSON.stringify(definition.params))}`,
      whenOf(definition),
      ...(policies.group === null ? [] : [`group ${code(policies.group)}`]),
      ...(policies.priority === 'normal' ? [] : [`priority ${code(policies.priority)}`]),
    ]),
  ];
}

function whenOf({ schedule }: JobDefinition): string {
  const { trigger } = schedule;
  const words =
    trigger.kind === 'cron'
      ? describeSchedule(schedule, {
          en: cronWords(trigger.expression, 'en'),
          zh: cronWords(trigger.expression, 'zh'),
        })
      : describeSchedule(schedule);
  return words.en;
}
