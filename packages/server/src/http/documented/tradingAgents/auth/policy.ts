import { changes, open, reads, type Policy } from '../../../auth/policies.ts';

export const AUTH_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsLogIn: open(),
  tradingAgentsRefresh: open(),
  tradingAgentsLogOut: changes('self', 'session'),
  tradingAgentsMe: reads('self'),
};
