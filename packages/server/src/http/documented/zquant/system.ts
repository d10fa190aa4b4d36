import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { worded } from './words.ts';

/** The zquant platform of document 004: tasks, executions, workflows, statistics. */
export function zquant(_rules: CookieRules): DocumentedSystem {
  return {
    tag: 'documented: zquant',
    prefixes: ['/api/v1'],
    worded,
    envelope: ({ status, code, requestId }) => ({
      success: false,
      data: null,
      code: status,
      error_detail: { code, request_id: requestId },
    }),
    routes() {},
  };
}
