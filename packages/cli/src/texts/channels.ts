import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper channels` says. */
export const CHANNEL_TEXTS = {
  'help.channels': {
    en: 'say where notices go: mail, chat groups, programs of your own',
    zh: '管理通知渠道：邮件、聊天群、自有程序',
  },
  'help.channelsList': { en: 'list channels', zh: '列出通知渠道' },
  'help.channelsAdd': {
    en: 'make a channel; its secret is asked for without showing it',
    zh: '新建通知渠道（密钥输入时不显示）',
  },
  'help.channelsSet': {
    en: 'change a channel; what is not given stays',
    zh: '修改通知渠道，未给出的保持不变',
  },
  'help.channelsRemove': { en: 'remove a channel and its secret', zh: '删除通知渠道及其密钥' },
  'help.channelsTest': {
    en: 'send a test notice now, and say what the other side said',
    zh: '立即发送测试通知，并显示对方的回应',
  },
  'help.channelsNotices': {
    en: 'list notices: sent, waiting, given up',
    zh: '列出通知：已发送、等待中、已放弃',
  },
  'argument.channel': { en: 'number of a channel', zh: '渠道编号' },
  'argument.channelName': { en: 'name of the channel', zh: '渠道名称' },
  'option.channelKind': {
    en: 'email, webhook, dingtalk, feishu, wecom or slack',
    zh: '类型：email、webhook、dingtalk、feishu、wecom 或 slack',
  },
  'option.channelName': { en: 'another name', zh: '新的名称' },
  'option.channelLanguage': { en: 'language of its notices', zh: '通知语言' },
  'option.channelLeast': {
    en: 'least severity: info, warning or critical',
    zh: '最低级别：info、warning 或 critical',
  },
  'option.channelOff': { en: 'send nothing for now', zh: '暂不发送' },
  'option.channelOn': { en: 'send again', zh: '恢复发送' },
  'option.channelUrl': { en: 'webhook: address that is POSTed to', zh: 'webhook：接收地址' },
  'option.mailHost': { en: 'email: mail server', zh: 'email：邮件服务器' },
  'option.mailPort': { en: 'email: its port, default 465', zh: 'email：端口，默认 465' },
  'option.mailSecurity': {
    en: 'email: tls, starttls, or none within your own network',
    zh: 'email：tls、starttls，内网可用 none',
  },
  'option.mailUser': { en: 'email: user to log in as', zh: 'email：登录用户' },
  'option.mailFrom': { en: 'email: address of the sender', zh: 'email：发件地址' },
  'option.mailTo': { en: 'email: addresses of receivers, with commas', zh: 'email：收件地址，以逗号分隔' },
  'option.channelNoSecret': { en: 'do not ask for a secret', zh: '不询问密钥' },
  'option.noticesOfChannel': { en: 'only those of a channel', zh: '仅某个渠道' },
  'option.noticesLimit': { en: 'how many, default 20', zh: '条数，默认 20' },
  'column.channelId': { en: 'number', zh: '编号' },
  'column.least': { en: 'from', zh: '最低级别' },
  'column.sends': { en: 'sends', zh: '启用' },
  'column.hasSecret': { en: 'secret', zh: '密钥' },
  'column.channel': { en: 'channel', zh: '渠道' },
  'column.notice': { en: 'notice', zh: '通知' },
  'column.severity': { en: 'severity', zh: '级别' },
  'column.attempts': { en: 'tries', zh: '尝试' },
  'channels.yes': { en: 'yes', zh: '是' },
  'channels.no': { en: 'no', zh: '否' },
  'channels.none': {
    en: 'There is no channel, so nobody is told of anything: channels add NAME --kind KIND makes one.',
    zh: '尚无通知渠道，任何问题都不会通知：可用 channels add 名称 --kind 类型 新建。',
  },
  'channels.noNotices': { en: 'Nothing has been sent yet.', zh: '尚未发送过通知。' },
  'channels.askRobot': {
    en: 'Address of the robot, and after a space its signing key if it has one: ',
    zh: '机器人地址，如有加签密钥则在空格后给出：',
  },
  'channels.askKey': { en: 'Key of the signature (empty: not signed): ', zh: '签名密钥（留空则不签名）：' },
  'channels.askPassword': {
    en: 'Password of the mailbox (empty: the secret smtp is used): ',
    zh: '邮箱密码（留空则使用密钥 smtp）：',
  },
  'channels.made': {
    en: 'The channel {name} has the number {id}. Try it: tapekeeper channels test {id}',
    zh: '通知渠道 {name} 的编号为 {id}。可测试：tapekeeper channels test {id}',
  },
  'channels.changed': { en: 'The channel {name} is changed.', zh: '通知渠道 {name} 已修改。' },
  'channels.removed': { en: 'The channel {name} is removed.', zh: '通知渠道 {name} 已删除。' },
  'channels.tested': { en: 'It was taken after {ms} ms: {said}', zh: '对方在 {ms} 毫秒后接收：{said}' },
  'channels.testFailed': { en: 'It was not taken: {said}', zh: '对方未接收：{said}' },
  'usage.channelKind': {
    en: '--kind is "{kind}". Kinds are email, webhook, dingtalk, feishu, wecom and slack.',
    zh: '--kind 为“{kind}”。可用类型：email、webhook、dingtalk、feishu、wecom、slack。',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
