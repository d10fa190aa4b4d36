import { changes, reads, type Policy } from '../../../auth/policies.ts';

export const NOTIFICATIONS_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsListNotifications: reads('read'),
  tradingAgentsCountNotifications: reads('read'),
  tradingAgentsReadNotification: changes('operate', 'incident'),
  tradingAgentsReadAllNotifications: changes('operate', 'incident'),
};
