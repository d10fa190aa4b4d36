import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { worded } from './words.ts';

/** The stock quote system of documents 000 and 001: collection tasks, log tables, their administration. */
export function stockQuote(_rules: CookieRules): DocumentedSystem {
  return {
    tag: 'documented: stock quotes',
    prefixes: ['/api/data-collection', '/start_historical_collection', '/api/admin'],
    worded,
    envelope: () => ({}),
    routes() {},
  };
}
