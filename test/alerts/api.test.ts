import {
  alertsNowSchema,
  incidentDetailSchema,
  incidentListSchema,
  problemSchema,
  ruleListSchema,
  silenceListSchema,
  silenceSchema,
  targetListSchema,
  targetSchema,
} from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { datasetReader } from '../../packages/server/src/app/alerts/datasetReader.ts';
import { lookAtAlerts } from '../../packages/server/src/app/alerts/lookAtAlerts.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { INCIDENT_TIMING } from '@tapekeeper/core';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db, {
    deps: (deps) => ({ ...deps, freeMegabytes: async () => 100 }),
    settings: { minFreeMegabytes: 500 },
  });
});

/** Nothing has to be there for long; the disk is full from the first look on. */
const HURRIED = { ...INCIDENT_TIMING, formMs: { critical: 0, warning: 0, info: 0 } };

const look = async (): Promise<void> => {
  const deps = { ...stand.deps, freeMegabytes: async () => 100 };
  await lookAtAlerts(deps, datasetReader(deps), HURRIED);
};
const put = (url: string, payload: object) => stand.ask({ method: 'PUT', url, payload });
const remove = (url: string) => stand.ask({ method: 'DELETE', url });
const codeOf = (answer: { json(): unknown }): string => problemSchema.parse(answer.json()).code;
const lastOperation = async (action: string) =>
  stand.db.one<{ object_id: string; before: unknown; after: unknown; result: string }>(sql`
    SELECT object_id, before, after, result FROM tapekeeper.operation WHERE action = ${action} ORDER BY id DESC LIMIT 1`);

describe('incidents over HTTP', () => {
  it('are listed, told of with their timeline, and taken on once', async () => {
    await look();
    const { incidents } = incidentListSchema.parse((await stand.get('/v1/alerts')).json());
    expect(incidents).toMatchObject([
      { cause: 'disk', severity: 'critical', state: 'open', acknowledged: null },
    ]);
    const id = incidents[0]?.id ?? 0;
    const detail = incidentDetailSchema.parse(
      (await stand.post(`/v1/alerts/${id}/acknowledge`, { note: 'more disks', author: 'li' })).json(),
    );
    expect(detail.incident.acknowledged).toMatchObject({ by: 'li', note: 'more disks' });
    expect(detail.timeline.map(({ kind }) => kind)).toEqual(['opened', 'noticed', 'acknowledged']);
    expect(await lastOperation('acknowledgeIncident')).toMatchObject({
      object_id: String(id),
      before: { acknowledgedBy: null },
      after: { acknowledgedBy: 'li' },
      result: 'ok',
    });
    expect(await lastOperation('autoIncidentOpened')).toMatchObject({ object_id: String(id) });
  });

  it('are read a page at a time, by state', async () => {
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, resolved_at, hold_ms)
      SELECT 'job:' || n, 'stuck', 'warning', 'resolved', now(), now(), now(), 1 FROM generate_series(1, 5) AS n`);
    const page = async (query: string) =>
      incidentListSchema.parse((await stand.get(`/v1/alerts?state=resolved,open&limit=2${query}`)).json());
    const first = await page('');
    const second = await page(`&before=${first.next}`);
    const third = await page(`&before=${second.next}`);
    const causes = [first, second, third].flatMap(({ incidents }) => incidents.map(({ cause }) => cause));
    expect(causes).toEqual(['job:5', 'job:4', 'job:3', 'job:2', 'job:1']);
    expect(third.next).toBeNull();
  });

  it('that are not there, or are over, are refused with what to do', async () => {
    expect(codeOf(await stand.get('/v1/alerts/999'))).toBe('unknown_incident');
    const { id } = await stand.db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, resolved_at, hold_ms)
      VALUES ('disk', 'disk_low', 'warning', 'resolved', now(), now(), now(), 1) RETURNING id`);
    expect(codeOf(await stand.post(`/v1/alerts/${id}/acknowledge`, {}))).toBe('incident_over');
    expect(codeOf(await stand.get('/v1/alerts?state=broken'))).toBe('bad_request');
  });

  it('can be told from what the rules object to now', async () => {
    expect(alertsNowSchema.parse((await stand.get('/v1/alerts/now')).json())).toEqual({
      lookedAt: null,
      signals: [],
    });
    await look();
    const { lookedAt, signals } = alertsNowSchema.parse((await stand.get('/v1/alerts/now')).json());
    expect(lookedAt).not.toBeNull();
    expect(signals).toMatchObject([{ kind: 'disk_low', weight: 'opens', group: 'disk' }]);
  });
});

describe('rules over HTTP', () => {
  const rules = async () => ruleListSchema.parse((await stand.get('/v1/alerts/rules')).json());

  it('are those of the program until somebody changes one', async () => {
    const before = await rules();
    expect(before).toMatchObject({ version: 0, updatedBy: null });
    expect(before.rules.every(({ enabled, isEdited }) => enabled && !isEdited)).toBe(true);
    const answer = await put('/v1/alerts/rules', {
      version: 0,
      rules: [
        { kind: 'disk_low', enabled: false },
        { kind: 'stuck', scope: { kind: 'job', name: 'x' }, params: { minutes: 60 } },
      ],
      author: 'li',
    });
    const after = ruleListSchema.parse(answer.json());
    expect(after).toMatchObject({ version: 1, updatedBy: 'li' });
    expect(after.rules.filter(({ isEdited }) => isEdited)).toMatchObject([
      { kind: 'disk_low', enabled: false, params: { megabytes: 2048 } },
      { kind: 'stuck', scope: { kind: 'job', name: 'x' }, params: { times: 3, minutes: 60 } },
    ]);
    await look();
    expect(incidentListSchema.parse((await stand.get('/v1/alerts')).json()).incidents).toEqual([]);
  });

  it('are refused where they say nothing true of their kind, or somebody was faster', async () => {
    const set = (version: number, rule: object) => put('/v1/alerts/rules', { version, rules: [rule] });
    for (const rule of [
      { kind: 'stuck', params: { hours: 1 } },
      { kind: 'stuck', params: { minutes: 0 } },
      { kind: 'disk_low', scope: { kind: 'job', name: 'x' } },
      { kind: 'coverage_below', scope: { kind: 'dataset', name: 'nothing' } },
    ])
      expect(codeOf(await set(0, rule))).toBe('bad_rule');
    expect((await set(0, { kind: 'stuck', enabled: false })).statusCode).toBe(200);
    expect(codeOf(await set(0, { kind: 'stuck', enabled: true }))).toBe('rules_changed');
    expect(await lastOperation('setAlertRules')).toMatchObject({ result: 'refused' });
  });
});

describe('silences over HTTP', () => {
  const made = async (body: object) => stand.post('/v1/silences', { reason: 'moving house', ...body });

  it('keep incidents from being told of, and not from being there', async () => {
    const answer = await made({ matcher: { cause: 'disk' }, minutes: 60, author: 'li' });
    expect(answer.statusCode).toBe(201);
    expect(silenceSchema.parse(answer.json())).toMatchObject({ matcher: { cause: 'disk' }, author: 'li' });
    await look();
    const { incidents } = incidentListSchema.parse((await stand.get('/v1/alerts')).json());
    expect(incidents).toMatchObject([{ cause: 'disk', noticedAt: null }]);
  });

  it('are changed, ended before their time, and then among the past ones', async () => {
    const { id } = silenceSchema.parse((await made({ matcher: {}, minutes: 5 })).json());
    const changed = await put(`/v1/silences/${id}`, {
      matcher: { kind: 'stuck' },
      minutes: 10,
      reason: 'longer',
    });
    expect(silenceSchema.parse(changed.json())).toMatchObject({
      matcher: { kind: 'stuck' },
      reason: 'longer',
    });
    expect((await remove(`/v1/silences/${id}`)).statusCode).toBe(200);
    expect(codeOf(await remove(`/v1/silences/${id}`))).toBe('unknown_silence');
    const list = async (query: string) =>
      silenceListSchema.parse((await stand.get(`/v1/silences${query}`)).json()).silences.map((one) => one.id);
    expect(await list('')).toEqual([]);
    expect(await list('?past=true')).toEqual([id]);
    expect(silenceSchema.parse((await stand.get(`/v1/silences/${id}`)).json()).endedBy).not.toBeNull();
  });

  it('need an end, and no longer one than ninety days', async () => {
    expect(codeOf(await made({ matcher: {} }))).toBe('bad_silence');
    expect(codeOf(await made({ matcher: {}, until: '2020-01-01T00:00:00.000Z' }))).toBe('bad_silence');
    expect(codeOf(await made({ matcher: {}, until: '2099-01-01T00:00:00.000Z' }))).toBe('bad_silence');
  });
});

describe('targets over HTTP', () => {
  const targets = async (query = '') =>
    targetListSchema.parse((await stand.get(`/v1/targets${query}`)).json()).targets;

  it('are set, told of with the error budget of a month, and taken back', async () => {
    expect(await targets()).toEqual([]);
    const answer = await put('/v1/targets/daily_bars', {
      due: 'Close( XSHG ) + 180m',
      share: 0.9,
      author: 'li',
    });
    expect(targetSchema.parse(answer.json())).toMatchObject({
      due: 'close(XSHG)+3h',
      share: 0.9,
      objective: 0.95,
      version: 1,
      isDefault: false,
    });
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.freshness_day (dataset, day, due_at, met_at) VALUES
        ('daily_bars', '2024-01-02', '2024-01-02 18:00+08', '2024-01-02 17:00+08'),
        ('daily_bars', '2024-01-03', '2024-01-03 18:00+08', '2024-01-03 19:00+08'),
        ('daily_bars', '2024-01-04', '2024-01-04 18:00+08', NULL)`);
    const [target] = await targets('?month=2024-01');
    expect(target?.budget).toEqual({
      month: '2024-01',
      days: 22,
      met: 1,
      missed: 2,
      allowed: 1,
      attained: 1 / 3,
    });
    expect(target?.days).toHaveLength(3);
    expect((await remove('/v1/targets/daily_bars')).statusCode).toBe(200);
    expect(codeOf(await remove('/v1/targets/daily_bars'))).toBe('unknown_target');
    expect(await lastOperation('setTarget')).toMatchObject({ object_id: 'daily_bars', before: null });
  });

  it('are refused where no day of the data set could meet them', async () => {
    const set = (dataset: string, body: object) => put(`/v1/targets/${dataset}`, body);
    expect(codeOf(await set('stock_basics', { due: 'close(XSHG)+3h' }))).toBe('bad_target');
    expect(codeOf(await set('daily_bars', { due: 'every 5m in session' }))).toBe('bad_target');
    expect(codeOf(await set('daily_bars', { due: 'tomorrow' }))).toBe('bad_session_rule');
    expect(codeOf(await set('daily_bars', { due: 'close(XSHG)+3h', share: 1.5 }))).toBe('bad_target');
  });
});
