import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper groups` says. */
export const GROUP_TEXTS = {
  'help.groups': {
    en: 'say how many runs of a group of jobs there may be at a time',
    zh: '管理并发组：同组任务可同时进行的运行数',
  },
  'help.groupsList': { en: 'list groups', zh: '列出并发组' },
  'help.groupsSet': {
    en: 'let so many runs of a group go on at a time',
    zh: '设置并发组可同时进行的运行数',
  },
  'argument.group': { en: 'name of a group, as jobs give it', zh: '任务中所写的并发组名称' },
  'argument.groupMost': { en: 'runs at a time, 1 to 1000', zh: '同时进行的运行数，1 至 1000' },
  'column.group': { en: 'group', zh: '并发组' },
  'column.mostRuns': { en: 'at a time', zh: '同时上限' },
  'column.openRuns': { en: 'open runs', zh: '进行中的运行' },
  'groups.none': {
    en: 'No job is in a group: jobs create ... --group NAME puts one in.',
    zh: '尚无任务属于并发组：可用 jobs create ... --group 名称 指定。',
  },
  'groups.set': {
    en: 'The group {name} lets {most} runs go on at a time; {open} are open.',
    zh: '并发组 {name} 可同时进行 {most} 个运行，当前未结束的有 {open} 个。',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
