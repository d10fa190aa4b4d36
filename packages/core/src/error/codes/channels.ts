import { EXIT, specified } from '../spec.ts';

/** Channels and notices. */
export const CHANNEL_ERRORS = specified({
  unknown_channel: {
    text: 'There is no channel "{channel}". "tapekeeper channels list" says which there are.',
    zh: '没有通知渠道 “{channel}”。可用 “tapekeeper channels list” 查看已有渠道。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  channel_exists: {
    text: 'There is a channel "{channel}" already. Choose another name, or change that one.',
    zh: '通知渠道 “{channel}” 已存在。请换一个名称，或修改该渠道。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  channel_changed: {
    text: 'The channel "{channel}" is at version {found}; you have seen version {version}. Read it again first. Nothing was changed.',
    zh: '通知渠道 “{channel}” 的版本为 {found}；您看到的是版本 {version}。请先重新读取。未作任何修改。',
    status: 409,
    exit: EXIT.busy,
    retry: 'never',
  },
  channel_invalid: {
    text: 'The channel cannot be used as it is: {problem}',
    zh: '通知渠道的设置无法使用：{problem}',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  channel_refused: {
    text: 'The channel "{channel}" does not take the notice: {message}',
    zh: '通知渠道 “{channel}” 拒收通知：{message}',
    status: 422,
    exit: EXIT.dataError,
    retry: 'never',
  },
  channel_unreachable: {
    text: 'The channel "{channel}" was not reached: {message}',
    zh: '无法连接通知渠道 “{channel}”：{message}',
    status: 503,
    exit: EXIT.unavailable,
    retry: 'later',
  },
  address_refused: {
    text: 'Notices are not sent to {address}: {problem}',
    zh: '不向 {address} 发送通知：{problem}',
    status: 422,
    exit: EXIT.usage,
    retry: 'never',
  },
});
