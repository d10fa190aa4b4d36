import { EXIT, specified } from '../spec.ts';

/** Alerts. */
export const ALERT_ERRORS = specified({
  unknown_incident: {
    text: 'There is no incident {id}. "tapekeeper alerts" lists them.',
    zh: '没有告警 {id}。可用 “tapekeeper alerts” 查看。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  incident_over: {
    text: 'Incident {id} is over; there is nothing to acknowledge.',
    zh: '告警 {id} 已恢复，无需确认。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  bad_rule: {
    text: 'The rules cannot be kept: {problem}.',
    zh: '规则无法保存：{problem}。',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  rules_changed: {
    text: 'The rules have been changed since version {version}; they are at version {current}. Read them again and repeat the change.',
    zh: '规则在版本 {version} 之后已被修改，当前版本为 {current}。请重新读取后再修改。',
    status: 409,
    exit: EXIT.busy,
    retry: 'never',
  },
  unknown_silence: {
    text: 'There is no silence {id} that has not ended. "tapekeeper alerts silences" lists them.',
    zh: '没有未结束的静默 {id}。可用 “tapekeeper alerts silences” 查看。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  bad_silence: {
    text: 'The silence cannot be kept: {problem}',
    zh: '静默无法保存：{problem}',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
  unknown_target: {
    text: 'Nobody has set a freshness target for {dataset}. "tapekeeper targets" lists them.',
    zh: '没有为 {dataset} 设置新鲜度目标。可用 “tapekeeper targets” 查看。',
    status: 404,
    exit: EXIT.notFound,
    retry: 'never',
  },
  bad_target: {
    text: 'The target cannot be kept: {problem}',
    zh: '目标无法保存：{problem}',
    status: 400,
    exit: EXIT.usage,
    retry: 'never',
  },
});
