import { parseSymbol, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { DividendFact } from '../world/facts.ts';
import type { World } from '../world/world.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi } from './listApi.ts';
import { dayParam, listParam, oneOfParams, type Params } from './question.ts';

type Progress = '预案' | '股东大会通过' | '实施';

interface DividendRow {
  readonly symbol: Symbol;
  readonly progress: Progress;
  readonly fact: DividendFact;
  /** Only of what is carried out. */
  readonly carriedOut: DividendFact['carriedOut'];
}

const DAYS: Readonly<Record<string, (row: DividendRow) => PlainDay | undefined>> = {
  ann_date: ({ fact }) => fact.announced,
  record_date: ({ carriedOut }) => carriedOut?.recordDay,
  ex_date: ({ carriedOut }) => carriedOut?.exDay,
  imp_ann_date: ({ carriedOut }) => carriedOut?.announced,
};

/** One row for each step of a dividend, the newest period and the last step first. */
export function dividendApi(world: World, cap: number): TushareApi {
  const { facts, tushare } = world;
  return listApi<DividendRow>({
    name: 'dividend',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      end_date: ({ fact }) => compact(fact.period),
      ann_date: ({ fact }) => compact(fact.announced),
      div_proc: ({ progress }) => progress,
      stk_div: ({ fact }) => decimal(fact.bonus + fact.transfer),
      stk_bo_rate: ({ fact }) => fact.bonus,
      stk_co_rate: ({ fact }) => fact.transfer,
      // A tenth is what a short holding is taxed.
      cash_div: ({ fact }) => decimal(fact.cash * 0.9),
      cash_div_tax: ({ fact }) => fact.cash,
      record_date: (row) => compact(row.carriedOut?.recordDay),
      ex_date: (row) => compact(row.carriedOut?.exDay),
      pay_date: (row) => compact(row.carriedOut?.payDay),
      div_listdate: ({ carriedOut, fact }) =>
        fact.bonus + fact.transfer > 0 ? compact(carriedOut?.exDay) : undefined,
      imp_ann_date: (row) => compact(row.carriedOut?.announced),
      base_date: (row) => compact(row.carriedOut?.recordDay),
      base_share: ({ symbol, carriedOut }) =>
        carriedOut && decimal(facts.shares(symbol, carriedOut.recordDay).total / 10_000),
      update_flag: () => '0',
    },
    hidden: ['base_date', 'base_share', 'update_flag'],
    rows(params) {
      oneOfParams(params, ['ts_code', ...Object.keys(DAYS)]);
      const named = listParam(params, 'ts_code');
      const symbols =
        named?.map((name) => parseSymbol(name)) ?? tushare.instruments.map(({ symbol }) => symbol);
      return symbols
        .filter((symbol) => symbol !== undefined)
        .flatMap((symbol) =>
          facts
            .dividends(symbol)
            .toReversed()
            .flatMap((fact) => stepsOf(symbol, fact)),
        )
        .filter((row) => isAsked(row, params));
    },
  });
}

function stepsOf(symbol: Symbol, fact: DividendFact): readonly DividendRow[] {
  const { carriedOut } = fact;
  const proposed: DividendRow = { symbol, progress: '预案', fact, carriedOut: undefined };
  if (carriedOut === undefined) return [proposed];
  return [
    { symbol, progress: '实施', fact, carriedOut },
    { symbol, progress: '股东大会通过', fact, carriedOut: undefined },
    proposed,
  ];
}

function isAsked(row: DividendRow, params: Params): boolean {
  return Object.entries(DAYS).every(([name, dayOf]) => {
    const day = dayParam(params, name);
    return day === undefined || dayOf(row) === day;
  });
}

function decimal(value: number): number {
  return Number(value.toFixed(6));
}
