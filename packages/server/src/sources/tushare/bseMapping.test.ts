import { describe, expect, it } from 'vitest';
import { serveTushare } from '../../../../../test/conformance/tushareStand.ts';
import type { AskContext, Question } from '../../ports/source.ts';
import { plainDay } from '@tapekeeper/core';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-07-18');
const LIST: Question = { shape: 'all', dataset: 'stock_basics', from: DAY, to: DAY };

const EMPTY = JSON.stringify({ code: 0, msg: '', data: { fields: ['ts_code'], items: [], has_more: false } });

async function recodedFrom(mapping: string) {
  const { source } = await serveTushare(({ api_name: api }) => (api === 'bse_mapping' ? mapping : EMPTY));
  return (await source().ask(LIST, FREE)).recoded;
}

describe('the codes that Beijing has replaced', () => {
  it('come with the stock list, unreadable ones left out', async () => {
    const data = {
      fields: ['n_code', 'o_code'],
      items: [
        ['920163.BJ', '838163.BJ'],
        ['920999.BJ', 'nobody'],
        ['920111.BJ', '920111.BJ'],
        [null, 5],
      ],
    };
    expect(await recodedFrom(JSON.stringify({ code: 0, msg: '', data }))).toEqual([
      { old: '838163.BJ', now: '920163.BJ' },
    ]);
  });

  it('are done without where the account may not ask for them', async () => {
    const refusal = {
      code: 40203,
      msg: '抱歉，您没有接口(bse_mapping)访问权限，权限的具体详情访问：…',
      data: null,
    };
    expect(await recodedFrom(JSON.stringify(refusal))).toBeUndefined();
    expect(await recodedFrom('no JSON')).toBeUndefined();
  });
});
