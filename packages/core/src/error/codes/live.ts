import { EXIT, specified } from '../spec.ts';

/** Live events. */
export const LIVE_ERRORS = specified({
  bad_topic: {
    text: 'There is no topic "{topic}". Topics are lists such as runs, jobs, fires, sources, and single things such as run:12, job:3, dataset:daily_bars.',
    zh: '没有主题“{topic}”。主题可以是 runs、jobs、fires、sources 等列表，也可以是 run:12、job:3、dataset:daily_bars 等单个对象。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  live_full: {
    text: 'Too many live connections of {who}: {limit} at a time. Close one of them first.',
    zh: '{who} 的实时连接过多：同时最多 {limit} 个。请先关闭其中一个。',
    status: 429,
    exit: EXIT.busy,
    retry: 'later',
  },
  live_unproved: {
    text: 'The server does not know who this is, or no longer believes it. Sign in again, or show another token.',
    zh: '服务器无法确认您的身份，或身份已失效。请重新登录，或使用其他令牌。',
    status: 401,
    exit: EXIT.noPermission,
    retry: 'never',
  },
  live_unavailable: {
    text: 'Events are told only by a running server. Start one: tapekeeper start.',
    zh: '只有运行中的服务器才推送事件。请先启动：tapekeeper start。',
    status: 503,
    exit: EXIT.busy,
    retry: 'later',
  },
});
