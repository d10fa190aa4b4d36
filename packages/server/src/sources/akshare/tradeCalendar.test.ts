import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare } from '../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const WEEK: Question = {
  shape: 'all',
  dataset: 'trade_calendar',
  from: plainDay('2024-01-02'),
  to: plainDay('2024-01-05'),
};

interface Line {
  readonly jyrq: string;
  readonly jybz: string;
}

/** The days of a month as Shenzhen gives them, every weekday a trading day. */
function linesOf(month: string): Line[] {
  const days = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  return Array.from({ length: days }, (_, at) => {
    const jyrq = `${month}-${String(at + 1).padStart(2, '0')}`;
    return { jyrq, jybz: new Date(jyrq).getUTCDay() % 6 === 0 ? '0' : '1' };
  });
}

/** Sina fails, so that Shenzhen is asked, month by month. */
async function asked(change: (lines: Line[]) => readonly Line[] = (lines) => lines) {
  const { source } = await serveAkshare(({ origin, query }) => {
    if (origin !== 'szse') return 503;
    const lines = linesOf(query['month'] ?? '');
    return { data: query['month'] === '2024-01' ? change(lines) : lines };
  });
  return source().ask(WEEK, FREE);
}

describe('the calendar of Shenzhen', () => {
  it('gives the days asked for, each with the trading day before', async () => {
    const { batches } = await asked();
    const ofShanghai = batches[0]?.rows.filter(({ exchange }) => exchange === 'XSHG') ?? [];
    expect(ofShanghai.map((row) => [row['cal_date'], row['is_open'], row['prev_trade_date']])).toEqual([
      ['2024-01-02', true, '2024-01-01'],
      ['2024-01-03', true, '2024-01-02'],
      ['2024-01-04', true, '2024-01-03'],
      ['2024-01-05', true, '2024-01-04'],
    ]);
  });

  it('takes no day for closed of which it is not told', async () => {
    const error = await failureOf(asked((lines) => lines.with(2, { jyrq: '2024-01-03', jybz: '?' })));
    expect(error).toMatchObject({ code: 'malformed', message: expect.stringContaining('2024-01-03') });
  });

  it('is not a calendar where a day comes twice', async () => {
    const error = await failureOf(asked((lines) => [...lines, { jyrq: '2024-01-02', jybz: '1' }]));
    expect(error.code).toBe('malformed');
  });
});
