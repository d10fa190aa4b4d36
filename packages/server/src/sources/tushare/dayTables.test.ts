import { isoInstant, plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveTushare, type TushareReply } from '../../../../../test/conformance/tushareStand.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2026-07-31');

const ofDay = (dataset: DatasetId): Question => ({ shape: 'day', dataset, day: DAY });
const ofAll = (dataset: DatasetId): Question => ({ shape: 'all', dataset, from: DAY, to: DAY });

async function answerTo(question: Question, reply: TushareReply) {
  const { source, calls } = await serveTushare(() => reply);
  const { batches, unreadable } = await source().ask(question, FREE);
  return { rows: batches[0]?.rows ?? [], columns: batches[0]?.columns, unreadable, calls };
}

describe('bars of indices', () => {
  it('come by symbol, from lots and thousands', async () => {
    const { rows, calls } = await answerTo(
      { shape: 'symbol', dataset: 'index_bars', symbol: symbolOf('000001.SH'), from: DAY, to: DAY },
      {
        fields: [
          'ts_code',
          'trade_date',
          'open',
          'high',
          'low',
          'close',
          'pre_close',
          'vol',
          'amount',
          'pct_chg',
        ],
        items: [
          [
            '000001.SH',
            '20260731',
            3321.8248,
            3325.607,
            3291.7842,
            3320.6898,
            3334.5036,
            81215477,
            98700123.4,
            -0.41,
          ],
        ],
      },
    );
    expect(rows[0]).toMatchObject({ close: 3320.6898, volume: 8121547700, amount: 98700123400 });
    expect([calls.length, calls[0]?.api_name]).toEqual([1, 'index_daily']);
  });

  it('are of indices that an exchange quotes; lists of two exchanges make one', async () => {
    const { rows, unreadable, calls } = await answerTo(ofAll('index_basics'), {
      fields: ['ts_code', 'name', 'base_date', 'base_point', 'list_date', 'exp_date'],
      items: [
        ['000001.SH', '上证指数', '19901219', 100, '19910715', null],
        ['801010.SI', '农林牧渔', '19991230', 1000, null, null],
        ['h30351.CSI', '中证指数', null, null, null, null],
      ],
    });
    expect(rows).toEqual([
      {
        symbol: '000001.SH',
        name: '上证指数',
        base_date: '1990-12-19',
        base_point: 100,
        list_date: '1991-07-15',
        expire_date: null,
        exchange: 'XSHG',
      },
    ]);
    expect(unreadable).toEqual([]);
    expect(calls.map(({ params }) => params.market)).toEqual(['SSE', 'SZSE']);
  });
});

describe('price limits', () => {
  it('are those of A shares, out of an answer for everything', async () => {
    const { rows, unreadable, calls } = await answerTo(ofDay('price_limits'), {
      fields: ['ts_code', 'trade_date', 'pre_close', 'up_limit', 'down_limit'],
      items: [
        ['000001.SZ', '20260731', 13.69, 15.06, 12.32],
        ['510300.SH', '20260731', 4.1, 4.51, 3.69],
        ['159915.SZ', '20260731', 2.1, 2.52, 1.68],
        ['900901.SH', '20260731', 0.5, 0.55, 0.45],
      ],
    });
    expect(rows).toEqual([
      { symbol: '000001.SZ', trade_date: DAY, pre_close: 13.69, up_limit: 15.06, down_limit: 12.32 },
    ]);
    expect(unreadable).toEqual([]);
    expect([calls[0]?.params.limit, calls[0]?.fields]).toEqual([
      '5800',
      'ts_code,trade_date,pre_close,up_limit,down_limit',
    ]);
  });
});

describe('quotes', () => {
  const FIELDS = ['ts_code', 'open', 'high', 'low', 'close', 'pre_close', 'vol', 'amount', 'trade_time'];
  const quote = (vol: number, amount: number, time: unknown = '2026-07-31 10:30:03') => [
    '601866.SH',
    2.28,
    2.28,
    2.23,
    2.24,
    2.28,
    vol,
    amount,
    time,
  ];

  it('tell shares from lots by what a share cost', async () => {
    const items = [quote(55845293, 125364882), quote(558452.93, 125364882).with(0, '601867.SH')];
    const { rows, calls } = await answerTo(ofAll('quotes'), { fields: FIELDS, items });
    expect(rows.map(({ volume }) => volume)).toEqual([55845293, 55845293]);
    expect(rows[0]).toMatchObject({ trade_date: DAY, last: 2.24, pre_close: 2.28, amount: 125364882 });
    expect(isoInstant(Number(rows[0]?.quoted_at))).toBe('2026-07-31T02:30:03.000Z');
    expect(calls[0]?.params).toMatchObject({ ts_code: '6*.SH,0*.SZ,3*.SZ,9*.BJ' });
  });

  it('are set aside where volume and amount fit in no unit', async () => {
    const { rows, unreadable } = await answerTo(ofAll('quotes'), {
      fields: FIELDS,
      items: [quote(55845293, 1)],
    });
    expect([rows, unreadable[0]?.reason]).toEqual([[], 'tushare: vol and amount do not fit the price']);
  });

  it('leave out stocks without a price, and quotes of another day', async () => {
    const items = [
      quote(0, 0).with(4, 0),
      quote(0, 0).with(4, null as unknown as number),
      quote(1000, 2240, '2026-07-30 15:00:00'),
    ];
    const { rows, unreadable } = await answerTo(ofAll('quotes'), {
      fields: FIELDS,
      items: items.map((item, index) => item.with(0, `60186${index}.SH`)),
    });
    expect([rows, unreadable]).toEqual([[], []]);
  });

  it('count as of the time of asking where they carry none', async () => {
    const { systemClock } = await import('../../clock.ts');
    const now = Date.UTC(2026, 6, 31, 3);
    const { source } = await serveTushare(() => ({
      fields: FIELDS.slice(0, -1),
      items: [quote(100, 224).slice(0, -1)],
    }));
    const asked = source({ clock: { ...systemClock, now: () => now } });
    const { batches } = await asked.ask(ofAll('quotes'), FREE);
    expect(batches[0]?.rows[0]).toMatchObject({ quoted_at: now, trade_date: DAY, volume: 100 });
  });
});

describe('bars of weeks and months', () => {
  it('come without their change, which is no percentage', async () => {
    const { rows, columns, calls } = await answerTo(ofDay('weekly_bars'), {
      fields: [
        'ts_code',
        'trade_date',
        'close',
        'open',
        'high',
        'low',
        'pre_close',
        'change',
        'pct_chg',
        'vol',
        'amount',
      ],
      items: [
        ['000001.SZ', '20260731', 11.18, 10.81, 11.46, 10.71, 10.76, 0.42, 0.039, 9062500.14, 10080000.5],
      ],
    });
    expect(columns).not.toContain('pct_chg');
    expect(rows[0]).toMatchObject({ pre_close: 10.76, volume: 906250014, amount: 10080000500 });
    expect(calls[0]?.api_name).toBe('weekly');
  });
});
