import { INCIDENT_TIMING } from '@tapekeeper/core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { datasetReader } from '../../packages/server/src/app/alerts/datasetReader.ts';
import { createEvaluator } from '../../packages/server/src/app/alerts/evaluator.ts';
import { lookAtAlerts } from '../../packages/server/src/app/alerts/lookAtAlerts.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { quietLog } from '../support/quietLog.ts';
import { until } from '../support/until.ts';
import { at, openAlertDatabase, type AlertStand } from './stand.ts';

let opened: Awaited<ReturnType<typeof openAlertDatabase>>;
let stand: AlertStand;

beforeAll(async () => void (opened = await openAlertDatabase()));
afterAll(() => opened?.close());
beforeEach(async () => {
  stand = await opened.clean();
  await stand.collect();
});

const MINUTE_MS = 60_000;

it('tells of each transition once, however many look at the same time', async () => {
  const readers = Array.from({ length: 5 }, () => datasetReader(stand.deps));
  let written = 0;
  const lookTogether = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += 2) {
      await stand.clock.set(stand.clock.at + 2 * MINUTE_MS);
      const looks = await Promise.all(readers.map((read) => lookAtAlerts(stand.deps, read, INCIDENT_TIMING)));
      expect(looks.filter((wrote) => wrote).length).toBe(1);
      written++;
    }
  };
  stand.setFree(100);
  await lookTogether(6);
  stand.setFree(50_000);
  await lookTogether(14);
  expect(written).toBe(10);
  expect((await stand.told()).map(({ kind }) => kind)).toEqual(['opened', 'resolved']);
  const decisions = await stand.db.rows<{ action: string }>(sql`
    SELECT action FROM tapekeeper.operation WHERE action LIKE 'autoIncident%' ORDER BY id DESC LIMIT 2`);
  expect(decisions.map(({ action }) => action)).toEqual(['autoIncidentClosed', 'autoIncidentOpened']);
  const events = await stand.db.rows<{ change: string }>(sql`
    SELECT payload->>'change' AS change FROM tapekeeper.event_outbox WHERE topic = 'incident' ORDER BY id`);
  expect(events.map(({ change }) => change)).toEqual(['opened', 'resolved']);
});

it('refuses a look at facts that are older than those of the last look', async () => {
  const read = datasetReader(stand.deps);
  expect(await lookAtAlerts(stand.deps, read)).toBe(true);
  expect(await lookAtAlerts(stand.deps, read)).toBe(false);
  await stand.clock.set(at(16));
  expect(await lookAtAlerts(stand.deps, read)).toBe(false);
});

it('keeps what a person says while a look is under way', async () => {
  stand.setFree(100);
  await stand.lookUntil(at(17, 4), 2);
  const [incident] = await stand.deps.store.incidents({ states: ['open'], before: null, limit: 1 });
  const read = datasetReader(stand.deps);
  await stand.clock.set(at(17, 5));
  await Promise.all([
    lookAtAlerts(stand.deps, read),
    stand.deps.store.acknowledgeIncident(incident?.id ?? 0, 'li', null),
  ]);
  await stand.lookUntil(at(19), 30);
  const [after] = await stand.deps.store.incidents({ states: ['open'], before: null, limit: 1 });
  expect(after?.acknowledged).toMatchObject({ by: 'li' });
  expect((await stand.told()).map(({ kind }) => kind)).toEqual(['opened']);
});

it('runs as a service that can be stopped twice and started again', async () => {
  const deps = { ...stand.deps, clock: systemClock, log: quietLog };
  const service = createEvaluator({ deps, everyMs: 20 });
  const lookedAt = async () => (await stand.deps.store.lastLook()).at;
  await service.start();
  await until(async () => (await lookedAt()) === at(17));
  await service.stop();
  await service.stop();
  await stand.clock.set(at(17, 1));
  await service.start();
  await until(async () => (await lookedAt()) === at(17, 1));
  await service.stop();
  await stand.clock.set(at(17, 2));
  expect(await lookedAt()).toBe(at(17, 1));
});
