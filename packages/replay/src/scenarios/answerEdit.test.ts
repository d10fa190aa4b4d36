import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { type AnswerEdit, editedPage } from './answerEdit.ts';

const DAY = plainDay('2025-11-05');
const CALL = { api: 'daily', day: DAY };
const PAGE = {
  fields: ['ts_code', 'close', 'vol'],
  items: [
    ['600000.SH', 10, 5],
    ['000001.SZ', 11, 6],
  ],
};

const edited = (...edits: readonly AnswerEdit[]) => editedPage(edits, CALL, PAGE);

describe('an edit', () => {
  it('gives a column another name', () => {
    expect(edited({ api: 'daily', edit: 'rename_column', column: 'vol', to: 'volume' })).toEqual({
      ...PAGE,
      fields: ['ts_code', 'close', 'volume'],
    });
  });

  it('takes a column out of every row', () => {
    expect(edited({ api: 'daily', edit: 'drop_column', column: 'close' })).toEqual({
      fields: ['ts_code', 'vol'],
      items: [
        ['600000.SH', 5],
        ['000001.SZ', 6],
      ],
    });
  });

  it('puts something into one cell', () => {
    const edit = { edit: 'set_cell', symbol: '000001.SZ', column: 'close', value: '--' } as const;
    expect(edited({ api: 'daily', ...edit }).items).toEqual([
      ['600000.SH', 10, 5],
      ['000001.SZ', '--', 6],
    ]);
  });

  it('leaves a symbol out, or gives it another code, alone or beside its own', () => {
    expect(edited({ api: 'daily', edit: 'drop_symbol', symbol: '600000.SH' }).items).toEqual([PAGE.items[1]]);
    const spelt = { api: 'daily', edit: 'spell_symbol', symbol: '600000.SH', as: '600999.SH' } as const;
    expect(edited(spelt).items).toEqual([['600999.SH', 10, 5], PAGE.items[1]]);
    expect(edited({ ...spelt, add: true }).items).toEqual([
      PAGE.items[0],
      ['600999.SH', 10, 5],
      PAGE.items[1],
    ]);
  });

  it('leaves other interfaces, days, symbols and columns alone', () => {
    const edit = { edit: 'drop_symbol', symbol: '600000.SH' } as const;
    expect(edited({ api: 'stock_basic', ...edit })).toEqual(PAGE);
    expect(edited({ api: 'daily', day: plainDay('2025-11-06'), ...edit })).toEqual(PAGE);
    expect(edited({ api: 'daily', edit: 'drop_column', column: 'open' })).toEqual(PAGE);
    expect(edited({ api: 'daily', day: DAY, ...edit }).items).toHaveLength(1);
  });

  it('follows the one before it', () => {
    const page = edited(
      { api: 'daily', edit: 'spell_symbol', symbol: '600000.SH', as: '600999.SH' },
      { api: 'daily', edit: 'drop_symbol', symbol: '600999.SH' },
    );
    expect(page.items).toEqual([PAGE.items[1]]);
  });
});
