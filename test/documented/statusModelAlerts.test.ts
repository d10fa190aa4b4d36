import { STARTERS, type JobDefinition } from '@tapekeeper/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countSymbolLog } from '../../packages/server/src/app/logTables/symbolLog.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { at, openAlertDatabase, type AlertStand } from '../alerts/stand.ts';

// Document 000 on alerts: a surge of failures, and a run that is running for too long.

const KEY = 'watchlist_history_daily';

let opened: Awaited<ReturnType<typeof openAlertDatabase>>;
let stand: AlertStand;
let job: number;

beforeAll(async () => void (opened = await openAlertDatabase()));
afterAll(() => opened?.close());
beforeEach(async () => {
  stand = await opened.clean();
  const starter = STARTERS.find(({ key }) => key === KEY);
  job = await stand.addJob(KEY, starter?.define(() => 0) as JobDefinition);
  await stand.collect();
});

const causes = async () =>
  (await stand.told()).filter(({ kind }) => kind === 'opened').map(({ cause }) => cause);
/** Lines of the log by status, as `/api/admin/logs/stats/watchlist_history` counts them. */
const lines = async (): Promise<Readonly<Record<string, number>>> => {
  const { counts } = await countSymbolLog(stand.deps as Parameters<typeof countSymbolLog>[0], null);
  return Object.fromEntries(counts.map(({ status, count }) => [status, count]));
};
const aboutTwo = (run: number) =>
  stand.db.rows(sql`
    UPDATE tapekeeper.run SET params = '{"from": "2024-01-10", "to": "2024-01-10", "symbols": ["600001.SH", "600002.SH"],
      "sources": ["akshare"], "force": false}' WHERE id = ${run}`);

describe('the watch list raises an incident', () => {
  it('when runs of it fail one after the other, and closes it when one ends well', async () => {
    for (const minutes of [5, 10, 15]) {
      const error = { code: 'transport', details: {} };
      await aboutTwo(await stand.addRun(job, { state: 'failed', at: at(17, minutes), error }));
    }
    expect(await lines()).toEqual({ failed: 6 });
    await stand.lookUntil(at(17, 40), 5);
    expect(await causes()).toEqual([`job:${KEY}`]);
    await aboutTwo(await stand.addRun(job, { state: 'success', at: at(17, 45) }));
    expect(await lines()).toEqual({ failed: 6, success: 2 });
    await stand.lookUntil(at(18, 15), 5);
    expect((await stand.told()).map(({ kind }) => kind)).toEqual(['opened', 'resolved']);
  });

  it('when a run of it is running and gets nowhere', async () => {
    const run = await stand.addRun(job, { state: 'running', at: at(17) });
    await aboutTwo(run);
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.shard (run_id, no, kind, source, updated_at) VALUES (${run}, 0, 'fetch', 'akshare', tapekeeper.now())`);
    await stand.lookUntil(at(17, 8), 4);
    expect(await causes()).toEqual([]);
    await stand.lookUntil(at(17, 30), 10);
    expect(await causes()).toEqual([`job:${KEY}`]);
  });
});
