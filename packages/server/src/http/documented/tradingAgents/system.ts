import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { worded } from './words.ts';

/** The trading agents of documents 002 and 003: state of syncs, scheduler, push channels, operation logs. */
export function tradingAgents(_rules: CookieRules): DocumentedSystem {
  return {
    tag: 'documented: trading agents',
    prefixes: [
      '/api/auth',
      '/api/health',
      '/api/sync',
      '/api/scheduler',
      '/scheduler',
      '/api/stream',
      '/api/ws',
      '/ws',
      '/api/notifications',
      '/api/system',
    ],
    worded,
    envelope: ({ status }) => ({ success: false, data: null, code: status }),
    routes() {},
  };
}
