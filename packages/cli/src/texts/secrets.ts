import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper secrets` says. */
export const SECRET_TEXTS = {
  'help.secrets': {
    en: 'keep tokens and passwords encrypted in the database',
    zh: '加密保存令牌与密码',
  },
  'help.secretsList': {
    en: 'say which secrets there are, never what they are',
    zh: '列出已保存的密钥（不显示内容）',
  },
  'help.secretsSet': {
    en: 'keep a secret, asked for without showing it; it counts within seconds',
    zh: '保存一个密钥（输入时不显示），数秒内生效',
  },
  'help.secretsRemove': { en: 'forget a secret', zh: '删除一个密钥' },
  'help.secretsRotate': {
    en: 'seal all secrets anew under a new key',
    zh: '更换加密密钥并重新加密全部内容',
  },
  'argument.secret': {
    en: 'source:tushare, smtp, or channel:NUMBER',
    zh: 'source:tushare、smtp 或 channel:编号',
  },
  'option.secretStdin': { en: 'read it from standard input', zh: '从标准输入读取' },
  'option.keptBy': { en: 'who keeps it; default: the user of this machine', zh: '保存者，默认为本机用户' },
  'column.secret': { en: 'secret', zh: '密钥' },
  'column.last4': { en: 'ends with', zh: '末四位' },
  'column.keptAt': { en: 'kept at', zh: '保存时间' },
  'column.keptBy': { en: 'kept by', zh: '保存者' },
  'secrets.none': {
    en: 'No secret is kept: secrets set source:tushare keeps a token.',
    zh: '尚未保存密钥：可用 secrets set source:tushare 保存令牌。',
  },
  'secrets.ask': { en: '{name}: ', zh: '请输入 {name}：' },
  'secrets.kept': { en: 'The secret {name} is kept.', zh: '密钥 {name} 已保存。' },
  'secrets.removed': { en: 'The secret {name} is forgotten.', zh: '密钥 {name} 已删除。' },
  'secrets.rotated': {
    en: '{secrets} secrets are sealed with the new key {key}. Machines with a copy of {file} need the new one now.',
    zh: '已用新密钥 {key} 重新加密 {secrets} 项。持有 {file} 副本的其他机器现在需要更新该文件。',
  },
  'usage.noSecret': {
    en: 'There is no secret to keep: type it at a terminal, or give it with --stdin.',
    zh: '没有可保存的内容：请在终端输入，或使用 --stdin。',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
