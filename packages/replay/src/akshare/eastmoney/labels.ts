import type { Board, PlainDay } from '@tapekeeper/core';

/** A day as the data centre writes it. */
export function midnight(day: PlainDay): string {
  return `${day} 00:00:00`;
}

const SHANGHAI = {
  main: { code: '069001001001', name: '上交所主板' },
  star: { code: '069001001006', name: '上交所科创板' },
} as const;
const SHENZHEN = {
  main: { code: '069001002001', name: '深交所主板' },
  chinext: { code: '069001002002', name: '深交所创业板' },
} as const;
const BEIJING = { code: '069001017', name: '北京证券交易所' } as const;

/** Eastmoney's code and name of a board. */
export function tradeMarket(board: Board, symbol: string): { readonly code: string; readonly name: string } {
  switch (board) {
    case 'star':
      return SHANGHAI.star;
    case 'chinext':
      return SHENZHEN.chinext;
    case 'bse':
      return BEIJING;
    case 'main':
      return symbol.endsWith('.SH') ? SHANGHAI.main : SHENZHEN.main;
  }
}
