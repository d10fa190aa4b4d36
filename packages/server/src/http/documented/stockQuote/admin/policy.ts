import { changes, open, reads, type Policy } from '../../../auth/policies.ts';

export const ADMIN_POLICY: Readonly<Record<string, Policy>> = {
  stockQuoteLogIn: open(),
  stockQuoteLogInAlias: open(),
  stockQuoteMe: reads('self'),
  stockQuoteMeAlias: reads('self'),
  stockQuoteVerify: reads('self'),
  stockQuoteLogOut: changes('self', 'session'),
};
