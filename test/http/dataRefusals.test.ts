import { beforeEach, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

// Questions about data that cannot be answered as put: each is told what is wrong with it.

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
  await stand.sync({ dataset: 'stock_basics' });
});

it.each([
  ['/v1/data/moon', 404, 'unknown_dataset', 'daily_bars'],
  ['/v1/data/daily_bars?symbols=PAYH', 404, 'unknown_symbol', 'PAYH'],
  ['/v1/data/daily_bars?symbols=999999.SH', 404, 'unknown_symbol', '999999.SH'],
  ['/v1/data/daily_bars?from=2024-02-30', 400, 'bad_day', '2024-02-30'],
  ['/v1/data/daily_bars?from=2024-02-02&to=2024-02-01', 400, 'day_order', '2024-02-01'],
  ['/v1/data/daily_basics?adjust=qfq', 400, 'bad_request', 'no prices to adjust'],
  ['/v1/data/daily_bars?adjust=both', 400, 'bad_request', 'adjust'],
  ['/v1/data/daily_bars?adjust=qfq', 409, 'no_factors', 'sync adj_factors'],
  ['/v1/data/daily_bars?columns=open,shut', 400, 'bad_request', 'no column "shut"'],
  ['/v1/data/daily_bars?asOf=yesterday', 400, 'bad_request', 'asOf'],
  ['/v1/data/daily_bars?asOf=2024-01-31T17:00:00', 400, 'bad_request', 'asOf'],
  ['/v1/data/daily_bars?interval=30', 400, 'bad_request', 'minute_bars'],
  ['/v1/data/minute_bars?interval=7', 400, 'bad_request', '5, 15, 30, 60'],
  ['/v1/data/stock_basics?from=2024-01-01', 400, 'bad_request', 'without days'],
  ['/v1/data/trade_calendar?symbols=600001.SH', 400, 'bad_request', 'no column of symbols'],
  ['/v1/data/daily_bars?limit=0', 400, 'bad_request', 'limit'],
  ['/v1/data/daily_bars?limit=99999', 400, 'bad_request', 'format=ndjson'],
  ['/v1/data/daily_bars?format=xml', 400, 'bad_request', 'format'],
  ['/v1/data/daily_bars?format=csv&cursor=a', 400, 'bad_request', 'format=json'],
  ['/v1/data/daily_bars?cursor=nonsense', 400, 'bad_request', 'cursor'],
  [`/v1/data/daily_bars?cursor=${encodedCursor(['daily_bars', "x'", 'soon'])}`, 400, 'bad_request', 'cursor'],
  [
    `/v1/data/daily_bars?cursor=${encodedCursor(['adj_factors', 'a', '2024-01-04'])}`,
    400,
    'bad_request',
    'cursor',
  ],
  ['/v1/data/daily_bars?colour=red', 400, 'bad_request', 'colour'],
])('is refused with a reason: %s', async (url, status, code, word) => {
  const answer = await stand.get(url);
  expect({ status: answer.statusCode, ...answer.json<object>() }).toMatchObject({ status, code });
  expect(answer.json<{ detail: string }>().detail).toContain(word);
});

function encodedCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}
