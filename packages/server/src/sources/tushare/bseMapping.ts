import { isAppError, parseSymbol, type ErrorCode } from '@tapekeeper/core';
import type { Answer, AskContext } from '../../ports/source.ts';
import type { Tally } from '../rowCollector.ts';
import { callTushare, type TushareClientOptions } from './client.ts';

/** Errors that leave the stock list as good as it is: the codes are then learned another time. */
const DISPENSABLE: readonly ErrorCode[] = [
  'permission_denied',
  'upstream_refused',
  'quota_exhausted',
  'malformed',
];

/**
 * The codes of Beijing that were replaced in 2025 (`bse_mapping`, one page). Nothing where the account
 * may not ask for them, or the mirror does not know the interface.
 */
export async function readRecodedSymbols(
  options: TushareClientOptions,
  context: AskContext,
  tally: Tally,
): Promise<NonNullable<Answer['recoded']>> {
  try {
    const call = { api: 'bse_mapping', params: {}, fields: ['o_code', 'n_code'] };
    const { page } = await callTushare(options, call, context, tally);
    const places = call.fields.map((field) => page.fields.indexOf(field));
    return page.items.flatMap((item) => {
      const [old, now] = places.map((at) => {
        const cell = item[at];
        return typeof cell === 'string' ? parseSymbol(cell) : undefined;
      });
      return old === undefined || now === undefined || old === now ? [] : [{ old, now }];
    });
  } catch (error) {
    if (isAppError(error) && DISPENSABLE.includes(error.code)) return [];
    throw error;
  }
}
