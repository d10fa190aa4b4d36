import { EXIT, specified } from '../spec.ts';

/** The door and its limits. */
export const DOOR_ERRORS = specified({
  overloaded: {
    text: 'The server has more to do than it can answer at once. Try again in a few seconds.',
    zh: '服务当前请求过多，请几秒后重试。',
    status: 503,
    exit: EXIT.busy,
    retry: 'later',
  },
  too_many_requests: {
    text: 'You have {count} such requests under way, which is as many as one may have. Try again when one has ended.',
    zh: '您已有 {count} 个此类请求在进行，达到上限。请待其中一个结束后重试。',
    status: 429,
    exit: EXIT.busy,
    retry: 'later',
  },
  too_many_runs: {
    text: 'You have {count} runs open, which is as many as one may. Wait for one to end, or stop one with "tapekeeper runs cancel". TAPEKEEPER_MOST_OPEN_RUNS sets the limit.',
    zh: '您有 {count} 个运行尚未结束，达到上限。请等待其中一个结束，或用 “tapekeeper runs cancel” 停止。可用 TAPEKEEPER_MOST_OPEN_RUNS 设置上限。',
    status: 429,
    exit: EXIT.busy,
    retry: 'later',
  },
  too_many_runs_together: {
    text: '{count} runs begun by people are open, which is as many as there may be. Wait for some to end, or stop one with "tapekeeper runs cancel". The limit is ten times TAPEKEEPER_MOST_OPEN_RUNS.',
    zh: '由人发起且未结束的运行已有 {count} 个，达到上限。请等待其中一些结束，或用 “tapekeeper runs cancel” 停止。上限为 TAPEKEEPER_MOST_OPEN_RUNS 的十倍。',
    status: 429,
    exit: EXIT.busy,
    retry: 'later',
  },
  admin_needed: {
    text: 'The server will not listen on {host}, where other machines reach it, while it has no admin. Set TAPEKEEPER_ADMIN_PASSWORD for the first start, or start once without TAPEKEEPER_HOST and set the admin up on this machine.',
    zh: '尚无管理员时，服务不会监听其他机器可访问的 {host}。请在首次启动时设置 TAPEKEEPER_ADMIN_PASSWORD，或先不设 TAPEKEEPER_HOST 启动一次，在本机创建管理员。',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },

  bad_setting: {
    text: 'Settings are wrong: {problem}',
    zh: '设置有误：{problem}',
    status: 500,
    exit: EXIT.config,
    retry: 'never',
  },
  replay_data_missing: {
    text: 'There is no replay data in {dir}: {message}',
    zh: '{dir} 中没有回放数据：{message}',
    status: 500,
    exit: EXIT.notFound,
    retry: 'never',
  },
});
