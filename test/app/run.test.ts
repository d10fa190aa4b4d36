import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, type HandSource } from '../support/handSource.ts';
import { BY_DAY, BY_SYMBOL, DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  tushare = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: (question) => honestAnswer(question) });
  baostock = createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer: (question) => honestAnswer(question) });
  stand = await createAppStand(database().db, { sources: [tushare, baostock], ...options });
}

const WISH = { dataset: 'daily_bars', ...SPAN };

describe('a run', () => {
  it('fills every cell with one call a day, and a second one has nothing to ask', async () => {
    await open();
    const first = await stand.sync(WISH);
    expect(first).toMatchObject({ state: 'success', itemsDone: DAYS.length, rowsWritten: DAYS.length * SYMBOLS.length });
    expect(askedFor(tushare, 'daily_bars').map((question) => 'day' in question && question.day)).toEqual(DAYS);
    const second = await stand.sync(WISH);
    expect(second).toMatchObject({ state: 'success', itemsTotal: 0, calls: 0 });
    expect(askedFor(tushare, 'daily_bars')).toHaveLength(DAYS.length);
    expect(baostock.asked).toEqual([]);
  });
});
