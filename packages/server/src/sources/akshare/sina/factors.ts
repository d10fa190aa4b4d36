import { isAppError, type PlainDay } from '@tapekeeper/core';
import { z } from 'zod';
import { readDay, readNumber } from '../../cell.ts';
import { factorDays } from '../../factorDays.ts';
import { unreadableRow } from '../../rowCollector.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import type { SymbolQuestion } from '../eastmoney/kline.ts';
import type { Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import type { TradingDays } from '../session.ts';
import { prefixedCode } from '../symbols.ts';
import { readWrappedJson, utf8Text } from '../text.ts';

export const FACTOR_COLUMNS: readonly string[] = ['symbol', 'trade_date', 'adj_factor'];

const file = z.object({
  total: z.union([z.int(), z.string()]),
  data: z.array(z.object({ d: z.string(), f: z.union([z.string(), z.number()]) })).max(5000),
});

/**
 * The cumulative backward factor of each trading day. Sina gives it on ex-dates only: it holds from its day
 * until the next one, and is 1 before the first. Where one cannot be read there are no rows until the
 * next, and none at all when its day cannot be read or Sina does not know the symbol.
 */
export async function readSinaFactors(
  client: AkshareClient,
  tradingDays: TradingDays,
  question: SymbolQuestion,
  asking: Asking,
): Promise<Found> {
  const entries = await readFile(client, question, asking);
  const changes = new Map<PlainDay, number | undefined>();
  const unreadable: Found['unreadable'][number][] = [];
  let placeable = entries.length > 0;
  for (const entry of entries) {
    const day = readDay(entry.d);
    const value = readNumber(entry.f);
    const factor = typeof value === 'number' && value > 0 ? value : undefined;
    if (!day || factor === undefined)
      unreadable.push(unreadableRow('akshare: a factor cannot be read', entry));
    if (!day) placeable = false;
    else if (changes.has(day) && changes.get(day) !== factor)
      throw malformedFrom('sina', `two factors of ${day}.`);
    else changes.set(day, factor);
  }
  const days = await tradingDays(question.from, question.to);
  const ordered = [...changes].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const rows = placeable ? factorDays(question.symbol, ordered, days) : [];
  return { columns: FACTOR_COLUMNS, rows, unreadable };
}

async function readFile(client: AkshareClient, { symbol }: SymbolQuestion, asking: Asking) {
  const path = `/realstock/company/${prefixedCode(symbol)}/hfq.js`;
  try {
    const body = await callAkshare(client, { origin: 'sina', api: 'hfq', path }, asking);
    const { total, data } = readWrappedJson('sina', utf8Text('sina', body), file);
    if (Number(total) !== data.length)
      throw malformedFrom('sina', `${data.length} factors of ${total} came.`);
    return data;
  } catch (error) {
    // There is no file for a symbol that it does not know.
    if (isAppError(error, 'upstream_refused') && error.details['upstreamCode'] === 404) return [];
    throw error;
  }
}
