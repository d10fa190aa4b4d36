import { isAppError, type Row } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Replay } from '@tapekeeper/replay';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowFaults } from '../../../../../test/conformance/canonicalRow.ts';
import {
  serveTushare,
  TOKEN,
  TUSHARE_QUESTIONS,
  type TushareCall,
} from '../../../../../test/conformance/tushareStand.ts';
import type { Answer, AskContext, Question } from '../../ports/source.ts';
import { tushareQueries } from './questions.ts';
import { fieldsOf } from './table.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

/** Rows of a page that are enough to be changed. */
const FEW = '5';

/** A question, and what the replay server answers to each of its queries. */
interface Case {
  readonly question: Question;
  readonly texts: ReadonlyMap<string, string>;
}

const cases: Case[] = [];
let replay: Replay;

beforeAll(async () => {
  replay = await startReplay({ world: await openWorld(sampleFolder()) });
  for (const question of TUSHARE_QUESTIONS) {
    const texts = new Map<string, string>();
    for (const { api, params } of tushareQueries(question, Date.UTC(2024, 11, 31, 8))) {
      const body = JSON.stringify({
        api_name: api.api,
        token: TOKEN,
        params: { ...params, limit: FEW },
        fields: fieldsOf(api).join(','),
      });
      const text = await (await fetch(replay.tushareUrl, { method: 'POST', body })).text();
      // What follows in the market's table is no part of this answer.
      texts.set(queryOf(api.api, params), text.replace('"has_more":true', '"has_more":false'));
    }
    cases.push({ question, texts });
  }
});
afterAll(() => replay.stop());

/** Queries of one question differ in one of these. */
function queryOf(api: string, { exchange, list_status: status, market, src }: TushareCall['params']): string {
  return `${api} ${exchange ?? status ?? market ?? src ?? ''}`;
}

const change = fc.record({
  at: fc.nat(),
  cut: fc.nat(4),
  put: fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom(
      '"',
      ',',
      '[',
      ']',
      'null',
      '-',
      '1e999',
      '2024',
      '\\u0000',
      '\\ud800',
      '２',
      '{}',
      '0',
      ':',
    ),
  ),
});

describe('an answer of Tushare whose text was changed', () => {
  it('is what it was, as long as nothing is changed', async () => {
    const ask = await asker();
    for (const { question, texts } of cases) {
      const outcome = await ask(question, (query) => texts.get(query) ?? '');
      expect(outcome).toMatchObject({ unreadable: [] });
      expect((outcome as Answer).batches[0]?.rows.length).toBeGreaterThan(0);
    }
  });

  it('gives canonical rows or is malformed or refused', async () => {
    const ask = await asker();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(TUSHARE_QUESTIONS.length - 1),
        fc.nat(),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (caseAt, queryAt, changes) => {
          const { question, texts } = cases[caseAt] ?? expect.fail('no case');
          const changed = [...texts.keys()][queryAt % texts.size];
          const outcome = await ask(question, (query) => {
            const text = texts.get(query) ?? '';
            return query === changed ? changedText(text, changes) : text;
          });
          if (outcome instanceof Error) {
            const known = ['malformed', 'upstream_refused', 'permission_denied', 'bad_token'] as const;
            expect(known.some((code) => isAppError(outcome, code)) ? '' : String(outcome)).toBe('');
            return;
          }
          for (const { dataset, columns, rows } of outcome.batches) {
            expect(rows.flatMap((row: Row) => rowFaults(dataset, columns, row))).toEqual([]);
          }
        },
      ),
      { numRuns: 800 },
    );
  });
});

function changedText(original: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  return changes.reduce((text, { at, cut, put }) => {
    const place = at % text.length;
    return text.slice(0, place) + put + text.slice(place + cut);
  }, original);
}

type Ask = (question: Question, reply: (query: string) => string) => Promise<Answer | Error>;

/** One server for all runs of a test. */
async function asker(): Promise<Ask> {
  let reply: (query: string) => string;
  const { source } = await serveTushare(({ api_name: api, params }) => reply(queryOf(api, params)));
  return (question, next) => {
    reply = next;
    return source()
      .ask(question, FREE)
      .catch((error: Error) => error);
  };
}
