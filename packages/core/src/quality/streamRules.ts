import { parseSymbol } from '../symbol/symbol.ts';
import { SYMBOL_RULE } from './cellRules.ts';
import type { RowRule } from './rule.ts';

/** Rules of one line of the suspensions. */
export const SUSPENSION_RULES: readonly RowRule[] = [
  {
    id: 'unknown_suspension',
    action: 'refuse',
    text: { en: 'the kind is S or R', zh: '类型为 S 或 R' },
    check: ({ suspend_type: kind }) => (kind === 'S' || kind === 'R' ? undefined : `suspend_type ${kind}`),
  },
];

/** Rules of one name of a stock. */
export const NAME_RULES: readonly RowRule[] = [
  SYMBOL_RULE,
  {
    id: 'name_order',
    action: 'refuse',
    text: { en: 'a name ends no earlier than it begins', zh: '名称结束日不早于开始日' },
    check: ({ start_date: start, end_date: end }) =>
      typeof start === 'string' && typeof end === 'string' && end < start
        ? `from ${start} to ${end}`
        : undefined,
  },
];

/** Rules of one announcement. */
export const ANNOUNCEMENT_RULES: readonly RowRule[] = [
  {
    id: 'symbol_form',
    action: 'refuse',
    text: { en: 'the symbol has its canonical form', zh: '代码格式正确' },
    check: ({ symbol }) =>
      symbol === undefined || (typeof symbol === 'string' && parseSymbol(symbol) === symbol)
        ? undefined
        : `symbol ${symbol}`,
  },
];
