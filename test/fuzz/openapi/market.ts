import { sql, type Database } from '../../../packages/server/src/store/connection.ts';
import type { Served } from './served.ts';
import { DAYS, SPAN, SYMBOLS } from '../../support/smallMarket.ts';
import { executionId } from '../../../packages/server/src/http/documented/tradingAgents/executionId.ts';
import type { Hints } from './values.ts';

const PASSWORD = 'a password that is long enough';

/** Leaves something of each kind to ask about, and says by which words it is known. */
export async function fillMarket(stand: Served): Promise<Hints> {
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
  const run = await stand.sync({ dataset: 'adj_factors', ...SPAN });
  await post(stand, '/v1/jobs', { key: 'nightly', definition: { type: 'example', name: 'nightly' } });
  await post(stand, '/v1/jobs', {
    key: 'bars',
    enabled: true,
    definition: {
      type: 'sync',
      name: 'bars',
      params: { dataset: 'daily_bars' },
      schedule: { trigger: { kind: 'cron', expression: '0 18 * * *' } },
    },
  });
  await post(stand, '/v1/sets', { name: 'mine', symbols: SYMBOLS.slice(0, 3), author: 'ann' });
  const open = await post(stand, '/v1/runs', { dataset: 'daily_basics', ...SPAN });
  await post(stand, '/v1/users', { name: 'ann', role: 'operator', password: PASSWORD });
  const silence = await post(stand, '/v1/silences', {
    matcher: { job: 'bars' },
    minutes: 600,
    reason: 'for the test',
  });
  const task = await post(stand, '/api/data-collection/historical', {
    start_date: SPAN.from,
    end_date: SPAN.to,
    test_mode: true,
  });
  await leaveTroubles(stand.db);
  const triggered = await Promise.all(
    ['nightly', 'bars'].map(async (key) => {
      const { id, createdAt } = JSON.parse(await post(stand, `/v1/jobs/${key}/trigger`, {})) as Triggered;
      return { id, createdAt: Date.parse(createdAt) };
    }),
  );
  const ofJobs = triggered.map(({ id }) => id);
  // the one behind the last sync is open, and stays so, since nobody works here
  const ids = [run.id + 1, run.id, run.id - 1];
  const { task_id: taskId } = JSON.parse(task) as { task_id: string };
  const { id: silenceId } = JSON.parse(silence) as { id: number };
  const { id: openId, createdAt } = JSON.parse(open) as { id: number; createdAt: string };
  const executions = [
    ...triggered.map(executionId),
    executionId({ id: openId, createdAt: Date.parse(createdAt) }),
    executionId(run),
  ];
  const days = [SPAN.from, SPAN.to, DAYS[3], '2023-12-29'];
  return {
    '/v1/runs id': ids,
    '/v1/jobs id': ['nightly', 'bars', 1],
    id: [1, 2],
    job: ['nightly', 1],
    job_id: ['nightly', 'bars', '1'],
    execution_id: [...executions, ...ids],
    task_id: [taskId, 1, 2],
    '/api/v1/scheduler task_id': [1, 2],
    '/api/v1/scheduler execution_id': ofJobs,
    '/api/v1/scheduler eid': ofJobs,
    task_type: ['common_task', 'manual_task'],
    cron_expression: ['0 18 * * *'],
    config: [{ task_action: 'sync_stock_list' }, {}],
    user: ['ann'],
    username: ['ann'],
    password: [PASSWORD],
    '/v1/auth name': ['ann'],
    '/v1/silences id': [silenceId],
    start_date: days,
    end_date: days,
    table_key: ['watchlist_history', 'historical_quotes'],
    due: ['close(XSHG)+4h'],
    dataset: ['daily_bars', 'adj_factors', 'stock_basics', 'trade_calendar', 'weekly_bars', 'news'],
    symbol: SYMBOLS.slice(0, 3),
    symbols: [SYMBOLS[0], SYMBOLS.slice(0, 2).join(',')],
    source: ['tushare', 'baostock'],
    sources: ['tushare', 'baostock'],
    host: ['tushare.test', 'baostock.test'],
    from: days,
    to: days,
    day: days,
    '/v1/sets name': ['mine'],
    name: ['mine', 'nightly'],
    set: ['mine'],
    key: ['nightly', 'bars', 'another'],
    state: ['failed,success', 'pending', 'enabled', 'held'],
    limit: [1, 10, 500],
    version: [0, 1],
    expression: ['0 18 * * *', '*/5 9-15 * * 1-5'],
    zone: ['Asia/Shanghai'],
    rule: ['close(XSHG)+30m'],
    author: ['ann'],
    reason: ['for the test'],
    program: ['echo'],
    mode: ['serial'],
  };
}

interface Triggered {
  readonly id: number;
  readonly createdAt: string;
}

/** What nobody can ask for: a row that was held back, and incidents. */
async function leaveTroubles(db: Database): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.quarantine (dataset, symbol, day, source, run_id, item_no, rule, row)
    SELECT 'daily_bars', ${SYMBOLS[0]}, ${SPAN.from}::date, 'tushare', 1, n, 'high_low', jsonb_build_object('close', n)
    FROM generate_series(1, 3) AS n`);
  await db.rows(sql`
    INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, hold_ms)
    SELECT 'job:' || n, 'stuck', 'warning', 'open', now(), now(), 1 FROM generate_series(1, 3) AS n`);
}

async function post(stand: Served, url: string, body: object): Promise<string> {
  const answer = await stand.post(url, body);
  if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
  return answer.body;
}
