import type { Clock } from '../ports/clock.ts';
import type { Notifiers } from '../ports/notifier.ts';
import type { Limits } from './deadlines.ts';
import type { Resolve } from './destination.ts';
import { createDingtalkNotifier } from './kinds/dingtalk.ts';
import { createEmailNotifier } from './kinds/email.ts';
import { createFeishuNotifier } from './kinds/feishu.ts';
import { createSlackNotifier } from './kinds/slack.ts';
import { createWebhookNotifier } from './kinds/webhook.ts';
import { createWecomNotifier } from './kinds/wecom.ts';
import type { SafeDoor } from './safeDoor.ts';

/** What notifiers are made with. */
export interface NotifierOptions {
  readonly door: SafeDoor;
  readonly clock: Clock;
  readonly privateHosts: readonly string[];
  /** Address under which people open the page; null where notices have no links. */
  readonly pageUrl: string | null;
  /** For mail servers, which the door does not call. */
  readonly resolve?: Resolve;
  readonly limits?: Limits;
}

/** One for every kind of channel. */
export function createNotifiers(options: NotifierOptions): Notifiers {
  return {
    email: createEmailNotifier(options),
    webhook: createWebhookNotifier(options),
    dingtalk: createDingtalkNotifier(options),
    feishu: createFeishuNotifier(options),
    wecom: createWecomNotifier(options),
    slack: createSlackNotifier(options),
  };
}
