import { RUN_MACHINE, type LiveEvent, type RunState } from '@tapekeeper/core';
import type { News, PushFeed } from '../../../../app/push/pushFeed.ts';
import type { AlertStore } from '../../../../ports/alertStore.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RunId } from '../../../../ports/runStore.ts';
import { zonedShanghai } from '../../times.ts';
import { executionId } from '../executionId.ts';
import { ofIncident, ofRun } from './notification.ts';
import type { RunLooks } from './runLooks.ts';
import { taskNews } from './taskNews.ts';

/** Changes of an incident that people want to know of; the rest is in its timeline. */
const TOLD_CHANGES: ReadonlySet<unknown> = new Set(['opened', 'worse', 'resolved']);

export interface NotificationFeedOptions {
  readonly user: string;
  readonly looks: RunLooks;
  readonly store: Pick<AlertStore, 'incident'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Tells of incidents, of runs that people began and that are over, and of the progress of every run. */
export function notificationFeed({ user, looks, store, clock }: NotificationFeedOptions): PushFeed {
  const now = (): string => zonedShanghai(clock.now());

  const incidentNews = (id: number): News => ({
    key: `incident:${id}`,
    async read() {
      const incident = await store.incident(id);
      if (incident === undefined || incident.state === 'forming') return undefined;
      return { type: 'notification', data: ofIncident(incident) };
    },
  });
  const endNews = (id: RunId, upTo: number): News => ({
    key: `end:${id}`,
    async read() {
      const run = await looks.at(id, upTo);
      return run?.cause === 'person' ? { type: 'notification', data: ofRun(run) } : undefined;
    },
  });
  const progressNews = (id: RunId, upTo: number): News => ({
    key: `run:${id}`,
    async read() {
      const run = await looks.at(id, upTo);
      return run && { type: 'progress', data: taskNews(run, executionId(run)) };
    },
  });

  const newsOf = ({ kind, payload }: LiveEvent, upTo: number): readonly News[] => {
    const { runId, incidentId, change } = payload;
    if (kind === 'incident' && typeof incidentId === 'number')
      return TOLD_CHANGES.has(change) ? [incidentNews(incidentId)] : [];
    if (typeof runId !== 'number' || !OF_RUNS.has(kind)) return [];
    const hasEnded = kind === 'run' && RUN_MACHINE.terminal.includes(payload['state'] as RunState);
    return [progressNews(runId, upTo), ...(hasEnded ? [endNews(runId, upTo)] : [])];
  };

  return {
    topics: ['incidents', 'runs', 'progress'],
    greeting: () => ({
      type: 'connected',
      data: { user_id: user, timestamp: now(), message: 'WebSocket 连接成功' },
    }),
    standing: () => [],
    hear: (events, upTo) => events.flatMap((event) => newsOf(event, upTo)),
    heartbeat: () => ({ type: 'heartbeat', data: { timestamp: now() } }),
    isOver: () => false,
  };
}

const OF_RUNS: ReadonlySet<string> = new Set(['run', 'step', 'progress']);
