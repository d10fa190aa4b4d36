import { previewSchema, type NewPreviewBody } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

type ScheduleBody = NewPreviewBody['schedule'];

const CRON = { kind: 'cron', expression: '30 17 * * 1-5' } as const;
const preview = (schedule: object, rest: object = {}) => stand.post('/v1/previews', { schedule, ...rest });
const previewed = async (schedule: ScheduleBody, rest: Partial<NewPreviewBody> = {}) => {
  const answer = await preview(schedule, rest);
  expect(answer).toMatchObject({ statusCode: 200 });
  return previewSchema.parse(answer.json());
};
const moments = async (job: string, query: string) => {
  const answer = await stand.get(`/v1/jobs/${job}/moments?${query}`);
  expect(answer).toMatchObject({ statusCode: 200 });
  return previewSchema.parse(answer.json());
};

/** A person closes a Tuesday that was announced as a trading day. */
const closeTuesday = () =>
  database().db.rows(sql`
    INSERT INTO market.trade_calendar (exchange, cal_date, is_open, source, run_id, known_at)
    VALUES ('XSHG', '2026-11-24', false, 'tushare', 1, '2026-11-01')`);

describe('the preview of a schedule', () => {
  it('says it in both languages and lists the next moments, one exactly at the first time too', async () => {
    const {
      words,
      moments: listed,
      problems,
    } = await previewed({ trigger: CRON }, { from: '2026-11-23T09:30:00Z', count: 2 });
    expect(words).toEqual({
      en: 'At 17:30, Monday through Friday (Asia/Shanghai)',
      zh: expect.stringContaining('17:30'),
    });
    expect(listed).toEqual([
      {
        at: '2026-11-23T09:30:00.000Z',
        scheduledFor: '2026-11-23T09:30:00.000Z',
        day: '2026-11-23',
        local: '2026-11-23T17:30:00+08:00',
        assumed: false,
      },
      expect.objectContaining({ day: '2026-11-24' }),
    ]);
    expect(problems).toEqual([]);
  });

  it('goes by the calendar of the installation, with what was corrected in it', async () => {
    const schedule = { trigger: { kind: 'session', rule: 'close(XSHG)+10h' } } as const;
    const days = async () =>
      (await previewed(schedule, { from: '2026-11-23T00:00:00Z', count: 2 })).moments.map((one) => one.day);
    expect(await days()).toEqual(['2026-11-23', '2026-11-24']);
    await closeTuesday();
    expect(await days()).toEqual(['2026-11-23', '2026-11-25']);
  });

  it('begins now where nothing is said, and marks days that nobody has announced', async () => {
    const now = await stand.deps.store.now();
    const { moments: listed } = await previewed({ trigger: { kind: 'interval', everySeconds: 60 } });
    expect(listed).toHaveLength(10);
    expect(Date.parse(listed[0]?.at ?? '')).toBeGreaterThan(now - 1000);
    const far = { from: '2100-06-01T00:00:00Z', count: 1 } as const;
    expect((await previewed({ trigger: CRON, tradingDaysOnly: true }, far)).moments).toMatchObject([
      { assumed: true },
    ]);
  });

  it('has the jitter of the job whose key is given, and the clocks of a zone', async () => {
    const schedule = { trigger: CRON, jitterSeconds: 3600 };
    const rest = { from: '2026-11-23T00:00:00Z', count: 1 };
    const [bare] = (await previewed(schedule, rest)).moments;
    expect(bare?.at).toBe(bare?.scheduledFor);
    const [late] = (await previewed(schedule, { ...rest, key: 'bars', zone: 'America/New_York' })).moments;
    expect(late).toMatchObject({ scheduledFor: bare?.scheduledFor, local: '2026-11-23T04:30:00-05:00' });
    expect(late?.at).not.toBe(late?.scheduledFor);
  });

  it('is that of the job once it is kept, whatever its state', async () => {
    const schedule = { trigger: CRON, jitterSeconds: 600, tradingDaysOnly: true };
    const definition = { type: 'sync', name: 'bars', params: { dataset: 'daily_bars' }, schedule };
    await stand.post('/v1/jobs', { key: 'bars', definition });
    await closeTuesday();
    const before = await previewed(schedule, { from: '2026-11-23T00:00:00Z', count: 1000, key: 'bars' });
    expect(before.moments).toHaveLength(1000);
    expect(before.moments[1]).toMatchObject({ day: '2026-11-25' });
    const kept = await moments('bars', 'from=2026-11-23T00:00:00Z&count=1000');
    expect(kept).toEqual(before);
    const york = await moments('bars', 'from=2026-11-23T00:00:00Z&count=1&zone=America/New_York');
    expect(york.moments).toMatchObject([{ local: '2026-11-23T04:30:00-05:00' }]);
  });

  it('has words and no moments for what other jobs or people set off', async () => {
    const definition = { type: 'statistics', name: 'first' };
    const first = (await stand.post('/v1/jobs', { key: 'first', definition })).json<{
      job: { id: number };
    }>();
    const after = await previewed({ trigger: { kind: 'after', jobId: 'first' } });
    expect(after).toMatchObject({
      moments: [],
      problems: [],
      words: { en: expect.stringContaining('After') },
    });
    expect(after.words.en).toContain(`job ${first.job.id}`);
    expect(await moments('first', '')).toMatchObject({ moments: [], problems: [] });
  });

  it('tells what would keep it from being saved', async () => {
    const codes = async (schedule: ScheduleBody) =>
      (await previewed(schedule)).problems.map(({ code, text }) => [code, text.en !== text.zh]);
    expect(await codes({ trigger: { kind: 'once', at: '2020-01-01T00:00:00Z' } })).toEqual([
      ['once_in_past', true],
    ]);
    expect(await codes({ trigger: { ...CRON, expression: '0 0 30 2 *' } })).toEqual([
      ['trigger_never_due', true],
    ]);
    expect(await codes({ trigger: { ...CRON, expression: '* * * * *' }, jitterSeconds: 60 })).toEqual([
      ['jitter_too_long', true],
    ]);
    const bounds = { activeFrom: '2026-02-01T00:00:00Z', activeUntil: '2026-01-01T00:00:00Z' };
    expect(await codes({ trigger: CRON, ...bounds })).toEqual([['active_window_empty', true]]);
  });

  it('of the rarest moments ends with what there is', async () => {
    const rare = { trigger: { ...CRON, expression: '0 0 29 2 */7' } };
    const { moments: listed } = await previewed(rare, { from: '2026-11-23T00:00:00Z', count: 1000 });
    expect(listed.length).toBeLessThan(100);
    const end = { from: '2999-12-31T23:59:59Z', count: 1000 };
    expect((await previewed({ trigger: { kind: 'session', rule: 'close(XSHG)' } }, end)).moments).toEqual([]);
  });
});

describe('what cannot be previewed is refused with what to write', () => {
  it.each([
    [{ trigger: { ...CRON, expression: '0 25 * * *' } }, {}, 'bad_cron', '25'],
    [{ trigger: { ...CRON, expression: `${'1,'.repeat(127)}1` } }, {}, 'bad_cron', ''],
    [{ trigger: { ...CRON, expression: '1'.repeat(257) } }, {}, 'bad_request', '256'],
    [{ trigger: { ...CRON, zone: 'Mars/Base' } }, {}, 'unknown_zone', 'Asia/Shanghai'],
    [{ trigger: CRON }, { zone: '+08:00' }, 'unknown_zone', 'Asia/Shanghai'],
    [{ trigger: { kind: 'session', rule: 'close(NYSE)' } }, {}, 'bad_session_rule', 'XSHG'],
    [{ trigger: { kind: 'interval', everySeconds: 1e9 } }, {}, 'bad_interval', '366'],
    [{ trigger: { kind: 'interval', everySeconds: 0.5 } }, {}, 'bad_request', 'everySeconds'],
    [{ trigger: { kind: 'after', jobId: 'nobody' } }, {}, 'unknown_job', 'nobody'],
    [{ trigger: { kind: 'after', jobId: 999 } }, {}, 'unknown_job', '999'],
    [{ trigger: { kind: 'daily' } }, {}, 'bad_request', 'trigger'],
    [{ trigger: CRON, more: 1 }, {}, 'bad_request', 'more'],
    [{}, {}, 'bad_request', 'trigger'],
    [{ trigger: CRON }, { count: 0 }, 'bad_request', 'count'],
    [{ trigger: CRON }, { count: 1001 }, 'bad_request', '1000'],
    [{ trigger: CRON }, { count: '5' }, 'bad_request', 'count'],
    [{ trigger: CRON }, { from: 'tomorrow' }, 'bad_request', 'from'],
    [{ trigger: CRON }, { from: '0000-01-01T00:00:00Z' }, 'bad_request', '1970'],
    [{ trigger: CRON }, { from: '9999-12-31T20:00:00Z' }, 'bad_request', '2999'],
    [
      { trigger: { kind: 'session', rule: 'open(XSHG)' }, activeFrom: '9999-12-31T20:00:00Z' },
      {},
      'bad_request',
      '2999',
    ],
    [{ trigger: { kind: 'once', at: '0001-01-01T00:00:00Z' } }, {}, 'bad_request', '1970'],
    [{ trigger: CRON, jitterSeconds: -1 }, {}, 'bad_request', 'jitterSeconds'],
    [{ trigger: CRON }, { key: 'k'.repeat(65) }, 'bad_request', 'key'],
    [{ trigger: CRON }, { nothing: 1 }, 'bad_request', 'nothing'],
  ])('%j with %j: %s', async (schedule, rest, code, hint) => {
    const answer = await preview(schedule, rest);
    expect(answer.json()).toMatchObject({ code, detail: expect.stringContaining(hint) });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
  });

  it('for jobs as well', async () => {
    const ask = async (url: string) => (await stand.get(url)).json<unknown>();
    expect(await ask('/v1/jobs/nobody/moments')).toMatchObject({ status: 404, code: 'unknown_job' });
    await stand.post('/v1/jobs', { key: 'first', definition: { type: 'statistics', name: 'first' } });
    for (const query of ['count=0', 'count=1001', 'count=x', 'from=soon', 'until=1'])
      expect(await ask(`/v1/jobs/first/moments?${query}`)).toMatchObject({ code: 'bad_request' });
    expect(await ask('/v1/jobs/first/moments?zone=Mars/Base')).toMatchObject({ code: 'unknown_zone' });
  });

  it('in a job that is saved, so that no search for a day runs away', async () => {
    const schedule = { trigger: { kind: 'session', rule: 'open(XSHG)' }, activeFrom: '9999-12-31T20:00:00Z' };
    const definition = { type: 'statistics', name: 'far', schedule };
    expect((await stand.post('/v1/jobs', { key: 'far', definition })).json()).toMatchObject({
      code: 'bad_request',
      detail: expect.stringContaining('1970 to 2999'),
    });
  });
});
