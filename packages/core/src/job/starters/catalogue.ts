import type { Words } from '../../trigger/describeSchedule.ts';
import { CORE_STARTERS } from './coreStarters.ts';
import { EXAMPLE_STARTERS } from './exampleStarters.ts';
import { MANUAL_STARTERS } from './manualStarters.ts';
import { QUOTE_STARTERS } from './quoteStarters.ts';
import { SOURCE_STARTERS } from './sourceStarters.ts';
import type { Starter } from './starter.ts';
import { UPKEEP_STARTERS } from './upkeepStarters.ts';

/**
 * Every job that the program brings along, in the order in which a new installation numbers them: what a
 * job refers to comes before it.
 */
export const STARTERS: readonly Starter[] = [
  ...CORE_STARTERS,
  ...SOURCE_STARTERS,
  ...QUOTE_STARTERS,
  ...MANUAL_STARTERS,
  ...EXAMPLE_STARTERS,
  ...UPKEEP_STARTERS,
];

/** A job of the documented systems that has no counterpart here, and why. */
export interface NotOffered {
  readonly name: string;
  readonly why: Words;
}

export const NOT_OFFERED: readonly NotOffered[] = [
  {
    name: 'akshare_industry_board_realtime',
    why: {
      en: 'Quotes of industry boards are no data set of this program.',
      zh: '本程序没有行业板块行情数据集。',
    },
  },
  {
    name: 'STEP6-同步专业版因子数据',
    why: {
      en: 'Technical indicators (stk_factor_pro) are not collected; they can be computed from bars and factors.',
      zh: '不采集技术指标（stk_factor_pro）；可由行情与复权因子计算得出。',
    },
  },
  {
    name: 'STEP8-量化因子计算',
    why: {
      en: 'Computing factors is for those who read the data; this program collects it.',
      zh: '因子计算由使用数据的程序完成，本程序只采集数据。',
    },
  },
  {
    name: 'STEP9-量化股票筛选',
    why: {
      en: 'Screening stocks is for those who read the data; this program collects it.',
      zh: '股票筛选由使用数据的程序完成，本程序只采集数据。',
    },
  },
];
