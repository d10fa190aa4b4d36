import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper operations` says. */
export const OPERATION_TEXTS = {
  'help.operations': {
    en: 'list who has changed what, when, and how it ended',
    zh: '查看操作日志：谁在何时做了什么更改，结果如何',
  },
  'argument.operation': { en: 'number of one operation, to see all of it', zh: '某条操作的编号，查看其详情' },
  'option.actor': {
    en: 'only of this user, of installation or of system',
    zh: '仅此用户，或 installation、system',
  },
  'option.action': { en: 'only these actions, with commas', zh: '仅这些操作，以逗号分隔' },
  'option.object': { en: 'only of this kind of object, such as job', zh: '仅此类对象，如 job' },
  'option.objectId': { en: 'only of the object with this number or name', zh: '仅此编号或名称的对象' },
  'option.result': {
    en: 'only those that ended so: ok, refused, failed, unknown; with commas',
    zh: '仅这些结果：ok、refused、failed、unknown；以逗号分隔',
  },
  'option.operationText': { en: 'only with this part in a name', zh: '仅名称中含此文字的记录' },
  'option.operationFrom': { en: 'from this day or instant on', zh: '起始日期或时刻' },
  'option.operationTo': { en: 'to this day, or before this instant', zh: '截止日期（含当日）或时刻' },
  'option.csv': { en: 'write all of them to a new CSV file', zh: '将全部结果写入新的 CSV 文件' },
  'column.time': { en: 'time', zh: '时间' },
  'column.actor': { en: 'actor', zh: '操作者' },
  'column.object': { en: 'object', zh: '对象' },
  'column.result': { en: 'result', zh: '结果' },
  'column.address': { en: 'address', zh: 'IP 地址' },
  'operations.none': { en: 'No such operations.', zh: '没有符合条件的操作记录。' },
  'operations.written': {
    en: '{lines} operations written to {file}.',
    zh: '已将 {lines} 条操作记录写入 {file}。',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
