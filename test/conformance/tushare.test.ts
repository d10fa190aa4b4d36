import { DATASETS, plainDay, symbolOf, type Row } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';
import { expect, onTestFinished, test } from 'vitest';
import { UNHURRIED } from './deadlines.ts';
import { TUSHARE_QUESTIONS } from './tushareStand.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Answer, AskContext } from '../../packages/server/src/ports/source.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

/** First day of the questions by symbol. */
const FIRST_DAY = plainDay('2024-06-03');

async function replayedSource() {
  const world = await openWorld(sampleFolder());
  const replay = await startReplay({ world });
  onTestFinished(() => replay.stop());
  const fixed = { token: () => 'replayed-token', clock: systemClock, timeouts: UNHURRIED };
  return { replay, source: createTushareSource({ baseUrl: replay.tushareUrl, ...fixed }), world };
}

/** Rows of an answer in the order of their keys, which capped pages may bring about in another one. */
function sortedRows({ batches }: Answer): readonly Row[] {
  const [{ dataset, rows }] = batches as [Answer['batches'][number]];
  const keyOf = (row: Row) => DATASETS[dataset].key.map((column) => String(row[column])).join(' ');
  return rows.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

test('each question takes the calls that its capability says, where each answer is one page', async () => {
  const { source } = await replayedSource();
  for (const question of TUSHARE_QUESTIONS) {
    const { calls } = await source.ask(question, FREE);
    const capability = source.capabilities.find(({ dataset }) => dataset === question.dataset);
    expect([question.dataset, calls]).toEqual([question.dataset, capability?.queries ?? 1]);
  }
});

test('capped pages together are the same answer, whichever interface is asked', async () => {
  const { source, replay } = await replayedSource();
  for (const question of TUSHARE_QUESTIONS) {
    const whole = await source.ask(question, FREE);
    replay.addFault({ match: { protocol: 'tushare' }, fault: { kind: 'page_cap', rows: 7 } });
    const capped = await source.ask(question, FREE);
    replay.clearFaults();
    expect(sortedRows(capped)).toEqual(sortedRows(whole));
    if (whole.batches[0]!.rows.length > 60) expect(capped.calls).toBeGreaterThan(whole.calls);
  }
});

test('what the server tells of a world comes back as it is there', async () => {
  const { source, world } = await replayedSource();
  const { facts } = world;
  const rowsOf = async (dataset: string) => {
    const question = TUSHARE_QUESTIONS.find((each) => each.dataset === dataset) ?? expect.fail(dataset);
    return (await source.ask(question, FREE)).batches[0]?.rows ?? [];
  };
  const indexBar = (await rowsOf('index_bars')).at(-1);
  const [fact] = facts.indexBars(symbolOf('000001.SH'), FIRST_DAY, FIRST_DAY);
  expect(indexBar).toMatchObject({ close: fact?.close, volume: fact?.volume, amount: fact?.amount });

  const reports = facts
    .reports(symbolOf('000001.SZ'))
    .filter(({ period }) => period >= '2023-12-31' && period <= '2024-06-30');
  const income = (await rowsOf('financials')).filter(({ statement }) => statement === 'income');
  expect(income.map((row) => `${row.period} ${row.ann_date} ${row.net_profit}`).sort()).toEqual(
    reports.map((each) => `${each.period} ${each.announced} ${each.netProfit}`).sort(),
  );

  const news = facts.news(plainDay('2024-07-18'));
  expect((await rowsOf('news')).map(({ title, published_at: at }) => `${at} ${title}`).sort()).toEqual(
    news.map(({ title, at }) => `${at} ${title}`).sort(),
  );
});
